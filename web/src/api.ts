// One function a command that the page uses.

import type { Connection } from "./connection";
import type { Device } from "./devices";
import type { AddEvent, AddWebhook, ClaimNext, Complete, EventRow, ExportEvents, FindSlots, GetEventsByFilter, GetFreeBusy, GetSummary, HandoverEvents, ImportEvents, UpdateEvent, UpdateWebhook } from "./types.gen";
import type { Delivery, Webhook, WebhookTest } from "./webhooks";
import { ServerError, toReminder, type BatchAnswer, type ChangesAnswer, type ClaimAnswer, type DirectoryAnswer, type FreeBusyAnswer, type HandoverAnswer, type HistoryEntry, type ImportAnswer, type ListAnswer, type Reminder, type ReminderRow, type SearchAnswer, type SeriesRow, type SlotsAnswer, type SummaryGroup, type TrashAnswer, type UndoAnswer } from "./wire";

interface EventAnswer {
  event: EventRow;
}

/** What a mutation has made of an event, and the batch to undo it by; 0: nothing was changed. */
export interface Applied {
  row: EventRow;
  batchId: number;
}

export interface Operation {
  command: string;
  data: object;
}

/** That are listed of each state. */
export const MOST_REMINDERS = 200;
const FOUND_ROWS = 50;
const TRASH_ROWS = 200;

export class Api {
  constructor(private readonly connection: Connection) {}

  add(data: AddEvent): Promise<Applied> {
    return this.mutate("MngAddCalendarEvent", data);
  }

  update(data: UpdateEvent): Promise<Applied> {
    return this.mutate("MngUpdateCalendarEvent", data);
  }

  complete(id: number): Promise<Applied> {
    return this.mutate("MngCompleteCalendarEvent", { id });
  }

  /** Done, with what came of it; `followUp` null: none follows. */
  async finish(data: Complete): Promise<Applied & { followUp: EventRow | null }> {
    const { results, batch_id } = await this.batch([{ command: "MngCompleteCalendarEvent", data: data as never }]);
    const { event, follow_up } = (results[0] as { data: EventAnswer & { follow_up: EventRow | null } }).data;
    return { row: event, batchId: batch_id, followUp: follow_up };
  }

  claim(data: ClaimNext): Promise<ClaimAnswer> {
    return this.connection.call("MngClaimNextCalendarEvent", data);
  }

  async release(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngReleaseCalendarEvent", { id })).event;
  }

  async summary(data: GetSummary): Promise<SummaryGroup[]> {
    return (await this.connection.call<{ groups: SummaryGroup[] }>("MngGetCalendarSummary", data)).groups;
  }

  archive(id: number, scope = 0): Promise<Applied> {
    return this.mutate("MngArchiveCalendarEvent", { id, ...(scope && { scope }) });
  }

  /** The batch to undo it by. */
  async remove(id: number, version: number, scope = 0): Promise<number> {
    return (await this.batch([{ command: "MngDeleteCalendarEvent", data: { id, if_version: version, ...(scope && { scope }) } }])).batch_id;
  }

  respond(id: number, status: number, scope = 0): Promise<Applied> {
    return this.mutate("MngRespondCalendarEvent", { id, status, ...(scope && { scope }) });
  }

  /** Back to invited, all but the owner. */
  askAgain(id: number): Promise<Applied> {
    return this.mutate("MngUpdateCalendarEvent", { id, reset_answers: 1 });
  }

  /** A mutation of one event, as a batch of one: only a batch's answer names the batch. */
  async mutate(command: string, data: object): Promise<Applied> {
    const { results, batch_id } = await this.batch([{ command, data }]);
    return { row: (results[0] as { data: EventAnswer }).data.event, batchId: batch_id };
  }

  /** Mutations in one transaction; `atomic` 0: each for itself, with its failure in its result. */
  batch(operations: Operation[], atomic: 0 | 1 = 1): Promise<BatchAnswer> {
    return this.connection.call("MngBatchCalendarEvents", { operations, atomic });
  }

  /** Without a digest only a preview, which has the digest to send. */
  handover(data: Omit<HandoverEvents, "dry_run">): Promise<HandoverAnswer> {
    return this.connection.call("MngHandoverCalendarEvents", { ...data, dry_run: data.digest ? 0 : 1 });
  }

  /** Deleted events that the caller could restore, the last deleted first; `before`: `next` of the page before. */
  trash(before: string | null): Promise<TrashAnswer> {
    return this.connection.call("MngGetCalendarTrash", { deskFilter: "*", limit: TRASH_ROWS, before });
  }

  /** A deleted event, under its id. */
  async restore(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngRestoreCalendarEvent", { id })).event;
  }

  /** What nobody has changed since the batch goes back to what it was. */
  undo(batchId: number): Promise<UndoAnswer> {
    return this.connection.call("MngUndoCalendarBatch", { batch_id: batchId });
  }

  /** The series of an occurrence. */
  async series(id: number): Promise<SeriesRow> {
    return (await this.connection.call<{ series: SeriesRow }>("MngGetCalendarSeries", { id })).series;
  }

  async get(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngGetCalendarEvent", { id })).event;
  }

  list(data: GetEventsByFilter): Promise<ListAnswer> {
    return this.connection.call("MngGetCalendarEventsByFilter", data);
  }

  /** The cursor of now. */
  async cursor(): Promise<number> {
    return (await this.connection.call<ChangesAnswer>("MngGetCalendarChanges", { deskFilter: "*" })).next;
  }

  async subscribe(since: number | null): Promise<void> {
    const data = since === null ? { chanels: ["calendar"] } : { chanels: ["calendar"], since };
    await this.connection.call("Subscribe", data);
  }

  directory(): Promise<DirectoryAnswer> {
    return this.connection.call("MngGetCalendarDirectory", { deskFilter: "*" });
  }

  /** Changes of one event after that of `since`, in order. */
  async history(id: number, since = 0): Promise<HistoryEntry[]> {
    return (await this.connection.call<{ history: HistoryEntry[] }>("MngGetCalendarEventHistory", { id, since })).history;
  }

  /** The caller's own reminders that were not read; null: the server does not list them. */
  async reminders(): Promise<{ unread: Reminder[]; missed: Reminder[] } | null> {
    const list = async (state: "unread" | "missed") =>
      (await this.connection.call<{ reminders: ReminderRow[] }>("MngGetCalendarReminders", { state, limit: MOST_REMINDERS })).reminders.map(toReminder);
    try {
      const [unread, missed] = await Promise.all([list("unread"), list("missed")]);
      return { unread, missed };
    } catch (failure) {
      if (failure instanceof ServerError && failure.status === 405) return null;
      throw failure;
    }
  }

  /** Events with every word of `q`, whatever accents and case; `after`: `next` of the page before. null: the server has no search. */
  async search(q: string, after: string | null): Promise<SearchAnswer | null> {
    try {
      return await this.connection.call<SearchAnswer>("MngSearchCalendarEvents", { q, deskFilter: "*", limit: FOUND_ROWS, after });
    } catch (failure) {
      if (failure instanceof ServerError && failure.status === 405) return null;
      throw failure;
    }
  }

  async acknowledge(token: string): Promise<void> {
    await this.connection.call("MngAckCalendarReminder", { token });
  }

  async snooze(token: string, until: number): Promise<void> {
    await this.connection.call("MngSnoozeCalendarReminder", { token, until });
  }

  async webhooks(): Promise<Webhook[]> {
    return (await this.connection.call<{ webhooks: Webhook[] }>("MngGetCalendarWebhooks", {})).webhooks;
  }

  /** With its secret, which is never answered again. */
  addWebhook(data: AddWebhook): Promise<{ webhook: Webhook; secret: string }> {
    return this.connection.call("MngAddCalendarWebhook", data);
  }

  /** With a secret where it is new. */
  updateWebhook(data: UpdateWebhook): Promise<{ webhook: Webhook; secret?: string }> {
    return this.connection.call("MngUpdateCalendarWebhook", data);
  }

  async deleteWebhook(id: number): Promise<void> {
    await this.connection.call("MngDeleteCalendarWebhook", { id });
  }

  /** The last tries, the newest first. */
  async webhookDeliveries(id: number): Promise<Delivery[]> {
    return (await this.connection.call<{ deliveries: Delivery[] }>("MngGetCalendarWebhookDeliveries", { id })).deliveries;
  }

  async replayWebhook(id: number, since: number): Promise<void> {
    await this.connection.call("MngReplayCalendarWebhook", { id, since });
  }

  testWebhook(id: number): Promise<WebhookTest> {
    return this.connection.call("MngTestCalendarWebhook", { id });
  }

  /** The manager's own. */
  async devices(): Promise<Device[]> {
    return (await this.connection.call<{ devices: Device[] }>("MngGetCalendarDevices", {})).devices;
  }

  /** With its password, which is never answered again. */
  addDevice(name: string): Promise<{ device: Device; password: string }> {
    return this.connection.call("MngAddCalendarDevice", { name });
  }

  async deleteDevice(id: number): Promise<void> {
    await this.connection.call("MngDeleteCalendarDevice", { id });
  }

  importIcs(data: ImportEvents): Promise<ImportAnswer> {
    return this.connection.call("MngImportCalendarEvents", data);
  }

  /** The text of an iCalendar file. */
  async exportIcs(data: ExportEvents): Promise<string> {
    return (await this.connection.call<{ ics: string }>("MngExportCalendarEvents", data)).ics;
  }

  freeBusy(data: GetFreeBusy): Promise<FreeBusyAnswer> {
    return this.connection.call("MngGetCalendarFreeBusy", data);
  }

  slots(data: FindSlots): Promise<SlotsAnswer> {
    return this.connection.call("MngFindCalendarSlots", data);
  }
}
