// One function a command that the page uses.

import type { Connection } from "./connection";
import type { AddEvent, EventRow, FindSlots, GetEventsByFilter, GetFreeBusy, UpdateEvent } from "./types.gen";
import type { ChangesAnswer, DirectoryAnswer, FreeBusyAnswer, ListAnswer, SlotsAnswer } from "./wire";

interface EventAnswer {
  event: EventRow;
}

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
