// What a person does to many events at once: one batch, each event for itself, one undo. No React here.

import type { ActionHost } from "./actions";
import type { Operation } from "./api";
import { changedFields, fieldsOf, type Fields } from "./event-fields";
import { failureText, shortTitle } from "./failure-text";
import { countText } from "./labels";
import { shiftedTimes } from "./moving";
import { EventStatus, ParticipantRole, ParticipantStatus, type EventRow, type HandoverEvents } from "./types.gen";
import type { LeftEvent, Undoing } from "./undoing";
import { isRecord, ServerError, type HandoverAnswer } from "./wire";

/** So many events can be changed in one batch. */
export const MOST_AT_ONCE = 500;
const RESTORES_AT_ONCE = 8;
const DAY_SEC = 86_400;
const STATUS_TEXT: Record<number, string> = { 0: "Reopened", 1: "Completed", 2: "Cancelled", 3: "Archived" };

export class ManyActions {
  constructor(
    private readonly host: ActionHost,
    private readonly undoing: Undoing,
  ) {}

  /** By whole days on the clock of the zone. */
  move(rows: EventRow[], days: number, zone: string): Promise<void> {
    const by = `by ${days > 0 ? "+" : "−"}${countText(Math.abs(days), "day")}`;
    const after = (row: EventRow) => fieldsOf({ ...row, ...shiftedTimes(row, days * DAY_SEC, zone) });
    return this.apply(rows, (what) => `Moved ${what} ${by}`, (row) => update(row, after(row)));
  }

  /** To another owner; the one before does not stay a participant. */
  reassign(rows: EventRow[], manager: number): Promise<void> {
    const name = this.host.nameOf(manager);
    return this.apply(rows, (what) => `Gave ${what} to ${name}`, (row) => update(row, reassigned(row, manager)));
  }

  setStatus(rows: EventRow[], status: EventStatus): Promise<void> {
    return this.apply(rows, (what) => `${STATUS_TEXT[status] ?? "Changed"} ${what}`, (row) => statusOperation(row, status));
  }

  remove(rows: EventRow[]): Promise<void> {
    return this.apply(rows, (what) => `Deleted ${what}`, ({ id, version }) => ({ command: "MngDeleteCalendarEvent", data: { id, if_version: version } }));
  }

  /** As its preview has shown it. Null: refused and reported, or the preview is out of date. */
  async handOver(wanted: Omit<HandoverEvents, "dry_run">, sender: string): Promise<HandoverAnswer | null> {
    try {
      const answer = await this.host.api.handover(wanted);
      const text = `Handed over ${countText(answer.count, "event")} of ${sender}`;
      this.host.tell(text, { undo: this.undoing.of(answer.batch_id ?? 0, text) });
      return answer;
    } catch (failure) {
      const isStale = failure instanceof ServerError && failure.status === 409;
      this.host.tell(isStale ? "Events have changed since the preview; look at it again." : failureText(failure), { failed: true });
      return null;
    }
  }

  /** From the trash. Those that are back, as they are now; `onUndone`: they are in the trash again. */
  async restore(rows: EventRow[], onUndone: () => void = () => {}): Promise<EventRow[]> {
    const back: EventRow[] = [];
    const left: LeftEvent[] = [];
    const waiting = [...rows];
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const { id, title } = row;
        await this.host.api.restore(id).then(
          (restored) => void back.push(restored),
          (failure: unknown) => void left.push({ id, title, why: failureText(failure), isGone: true }),
        );
      }
    };
    await Promise.all(Array.from({ length: RESTORES_AT_ONCE }, work));
    for (const row of back) this.host.store.dispatch({ type: "answered", row });
    const repeated = new Set(rows.filter((row) => row.series_id).map((row) => row.id));
    const alone = aloneNote(back.filter((row) => repeated.has(row.id)).length, back.length);
    this.tellOutcome((what) => `Restored ${what}${alone}`, back, left, () => void this.remove(back).then(onUndone));
    return back;
  }

  private async apply(rows: EventRow[], textOf: (what: string) => string, operationOf: (row: EventRow) => Operation): Promise<void> {
    const { api, store, tell } = this.host;
    try {
      const { results, batch_id } = await api.batch(rows.map(operationOf), 0);
      const done: EventRow[] = [];
      const left: LeftEvent[] = [];
      rows.forEach((row, index) => {
        const result = results[index];
        if (!result || "error" in result) return void left.push(leftEvent(row, result));
        done.push(row);
        const event = isRecord(result.data) ? result.data.event : undefined;
        if (event) store.dispatch({ type: "answered", row: event as EventRow });
        else store.dispatch({ type: "removed", id: row.id });
      });
      this.tellOutcome(textOf, done, left, this.undoing.of(batch_id, textOf(what(done))));
    } catch (failure) {
      tell(failureText(failure), { failed: true });
    }
  }

  private tellOutcome(textOf: (what: string) => string, done: EventRow[], left: LeftEvent[], undo: (() => void) | undefined): void {
    const { tell, onLeft } = this.host;
    const first = left[0];
    const text = `${textOf(what(done))}${seriesNote(done)}`;
    if (!first) return tell(text, { undo });
    const others = left.length > 1 ? `, and ${left.length - 1} more` : "";
    const why = `Not “${shortTitle(first)}”${others}: ${first.why}`;
    const action = { label: "Show", act: () => onLeft(left, "Not changed") };
    if (!done.length) return tell(why, { failed: true, action });
    tell(`${text}. ${why}`, { undo, action });
  }
}

/** A single occurrence has the question which are meant; many at once are changed alone, and that is said. */
function seriesNote(rows: EventRow[]): string {
  return rows.some((row) => row.series_id) ? " (these alone, not their series)" : "";
}

/** What comes back of a series is not part of it any more. Source: contract, section 15. */
function aloneNote(repeated: number, all: number): string {
  if (!repeated) return "";
  return all === 1 ? " as a single event" : ` (${countText(repeated, "occurrence")} of series as single ${repeated === 1 ? "event" : "events"})`;
}

function what(rows: EventRow[]): string {
  const [first] = rows;
  return rows.length === 1 && first ? `“${shortTitle(first)}”` : `${rows.length} events`;
}

function update(row: EventRow, after: Fields): Operation {
  return { command: "MngUpdateCalendarEvent", data: { id: row.id, ...changedFields(fieldsOf(row), after), if_version: row.version } };
}

/** The fields with another owner in the place of the one before. */
export function reassigned(row: EventRow, manager: number): Fields {
  const fields = fieldsOf(row);
  const others = fields.participants.filter(({ manager_id }) => manager_id !== row.owner_manager_id && manager_id !== manager);
  const owner = { manager_id: manager, role: ParticipantRole.ORGANIZER, status: ParticipantStatus.ACCEPTED };
  return { ...fields, owner_manager_id: manager, participants: [owner, ...others] };
}

function statusOperation({ id, version }: EventRow, status: EventStatus): Operation {
  if (status === EventStatus.DONE) return { command: "MngCompleteCalendarEvent", data: { id, if_version: version } };
  if (status === EventStatus.ARCHIVED) return { command: "MngArchiveCalendarEvent", data: { id, if_version: version } };
  return { command: "MngUpdateCalendarEvent", data: { id, status, if_version: version } };
}

function leftEvent({ id, title }: EventRow, result?: { status: number; error: Record<string, unknown> }): LeftEvent {
  const { status = 500, error = {} } = result ?? {};
  const why = failureText(new ServerError(status, "INTERNAL", String(error.message ?? "The server refused.")));
  return { id, title, why, isGone: status === 404 };
}
