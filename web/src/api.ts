// One function a command that the page uses.

import type { Connection } from "./connection";
import type { AddEvent, EventRow, FindSlots, GetEventsByFilter, GetFreeBusy, UpdateEvent } from "./types.gen";
import { ServerError, toReminder, type ChangesAnswer, type DirectoryAnswer, type FreeBusyAnswer, type HistoryEntry, type ListAnswer, type Reminder, type ReminderRow, type SlotsAnswer } from "./wire";

interface EventAnswer {
  event: EventRow;
}

const MOST_REMINDERS = 200;
const MOST_FOUND = 50;

export class Api {
  constructor(private readonly connection: Connection) {}

  async add(data: AddEvent): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngAddCalendarEvent", data)).event;
  }

  async update(data: UpdateEvent): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngUpdateCalendarEvent", data)).event;
  }

  async complete(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngCompleteCalendarEvent", { id })).event;
  }

  async archive(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngArchiveCalendarEvent", { id })).event;
  }

  async remove(id: number, version: number): Promise<void> {
    await this.connection.call("MngDeleteCalendarEvent", { id, if_version: version });
  }

  /** A deleted event with its id, from the trash. */
  async restore(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngRestoreCalendarEvent", { id })).event;
  }

  async respond(id: number, status: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngRespondCalendarEvent", { id, status })).event;
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

  /** Changes of one event, in order. */
  async history(id: number): Promise<HistoryEntry[]> {
    return (await this.connection.call<{ history: HistoryEntry[] }>("MngGetCalendarEventHistory", { id })).history;
  }

  /** Back to invited, all but the owner. */
  async askAgain(id: number): Promise<EventRow> {
    return (await this.connection.call<EventAnswer>("MngUpdateCalendarEvent", { id, reset_answers: 1 })).event;
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

  /** Events with every word of `q`, whatever accents and case; null: the server has no search. */
  async search(q: string, deskFilter: string, brand: string): Promise<EventRow[] | null> {
    try {
      return (await this.connection.call<ListAnswer>("MngSearchCalendarEvents", { q, deskFilter, brand: brand || null, limit: MOST_FOUND })).rows;
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

  freeBusy(data: GetFreeBusy): Promise<FreeBusyAnswer> {
    return this.connection.call("MngGetCalendarFreeBusy", data);
  }

  slots(data: FindSlots): Promise<SlotsAnswer> {
    return this.connection.call("MngFindCalendarSlots", data);
  }
}
