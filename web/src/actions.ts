// What a person does to events: sent to the server, shown at once where it is likely to succeed, reported,
// and undone. No React here.

import type { Api } from "./api";
import type { Moved } from "./moving";
import { changedFields, createData, fieldsOf, mergeFields, restoreData, withMine, type FieldName, type Fields, type Merged } from "./event-fields";
import { eventOf, type EventStore } from "./event-store";
import { EventStatus, ParticipantStatus, type EventRow } from "./types.gen";
import type { Tell } from "./use-toasts";
import { ServerError } from "./wire";

/** Two edits that can't both stand, waiting for a person to choose. */
export interface Conflict {
  base: Fields;
  mine: Fields;
  theirs: EventRow;
  merged: Merged;
}

export interface ActionHost {
  api: Api;
  store: EventStore;
  tell: Tell;
  onConflict: (conflict: Conflict | null) => void;
}

const DONE_TEXT: Record<number, string> = { 0: "Reopened", 1: "Completed", 2: "Cancelled", 3: "Archived" };
const ANSWER_TEXT: Record<number, string> = { 1: "You accepted", 2: "You declined", 3: "You answered maybe to" };
const MOST_TRIES = 4;

export class Actions {
  private lastKey = 0;

  constructor(private readonly host: ActionHost) {}

  /** The new event; null: refused, and reported. */
  async create(fields: Fields): Promise<EventRow | null> {
    const { api, tell } = this.host;
    try {
      const row = await api.add(createData(fields, crypto.randomUUID()));
      this.put(row);
      tell(`Created: ${short(row)}`, { undo: () => this.takeBack(row) });
      return row;
    } catch (failure) {
      this.fail(failure);
      return null;
    }
  }

  /** Whether it is saved. False: refused, or a conflict that waits for a choice. */
  async save(base: EventRow, mine: Fields): Promise<boolean> {
    try {
      const row = await this.send(base, mine);
      if (row) this.saved(base, row);
      return row !== null;
    } catch (failure) {
      this.fail(failure);
      return false;
    }
  }

  /** Ends a conflict with my value for the fields named and theirs for the others. */
  async settle(conflict: Conflict, names: FieldName[]): Promise<boolean> {
    this.host.onConflict(null);
    return this.save(conflict.theirs, withMine(conflict.merged.fields, conflict.mine, names));
  }

  move(row: EventRow, times: Moved): void {
    const guess = { ...row, ...times };
    const key = this.guess(guess);
    this.send(row, fieldsOf(guess), key).then(
      (moved) => {
        this.giveUp(row.id, key);
        if (moved) this.host.tell(`Moved: ${short(moved)}`, { undo: this.undoTo(row, moved), action: this.askAgain(moved) });
      },
      (failure: unknown) => {
        this.giveUp(row.id, key);
        this.fail(failure);
      },
    );
  }

  setStatus(row: EventRow, status: EventStatus): void {
    const { api, tell } = this.host;
    const key = this.guess({ ...row, status });
    const back = () => void api.update({ id: row.id, status: row.status }).then((after) => this.put(after), this.fail);
    this.sendStatus(row.id, status).then(
      (after) => {
        this.put(after, key);
        tell(`${DONE_TEXT[status]}: ${short(row)}`, { undo: back });
      },
      (failure: unknown) => {
        this.giveUp(row.id, key);
        this.fail(failure);
      },
    );
  }

  /** Whether it is deleted. */
  async remove(row: EventRow): Promise<boolean> {
    const { api, store, tell } = this.host;
    try {
      await api.remove(row.id, row.version);
    } catch (failure) {
      if (failure instanceof ServerError && failure.event) this.put(failure.event);
      this.fail(failure);
      return false;
    }
    store.dispatch({ type: "removed", id: row.id });
    const key = crypto.randomUUID();
    tell(`Deleted: ${short(row)}`, { undo: () => void this.restore(row, key) });
    return true;
  }

  answer(row: EventRow, status: number): void {
    this.host.api.respond(row.id, status).then((after) => {
      this.put(after);
      this.host.tell(`${ANSWER_TEXT[status]}: ${short(row)}`);
    }, this.fail);
  }

  /** Offered after a move of a meeting to which others had answered. */
  private askAgain(row: EventRow): { label: string; act: () => void } | undefined {
    const hasAnswers = row.participants.some((guest) => guest.manager_id !== row.owner_manager_id && guest.status !== ParticipantStatus.INVITED);
    if (!hasAnswers) return undefined;
    const act = () =>
      void this.host.api.askAgain(row.id).then((after) => {
        this.put(after);
        this.host.tell(`Asked everybody again: ${short(row)}`);
      }, this.fail);
    return { label: "Ask everybody again", act };
  }

  /** Sends what differs; what others changed meanwhile is merged, or becomes a conflict (null). */
  private async send(base: EventRow, mine: Fields, key?: string): Promise<EventRow | null> {
    let from = base;
    let wanted = mine;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        const row = await this.host.api.update({ id: base.id, ...changedFields(fieldsOf(from), wanted), if_version: from.version });
        this.put(row, key);
        return row;
      } catch (failure) {
        if (!(failure instanceof ServerError) || failure.status !== 409 || !failure.event) throw failure;
        const theirs = failure.event;
        this.put(theirs);
        const merged = mergeFields(fieldsOf(from), wanted, fieldsOf(theirs));
        if (merged.collisions.length) {
          this.host.onConflict({ base: fieldsOf(from), mine: wanted, theirs, merged });
          return null;
        }
        from = theirs;
        wanted = merged.fields;
      }
    }
    throw new ServerError(409, "CONFLICT", "Others keep changing this event; look at it again.");
  }

  private saved(base: EventRow, row: EventRow): void {
    this.host.tell(`Saved: ${short(row)}`, { undo: row.version > base.version ? this.undoTo(base, row) : undefined });
  }

  private undoTo(before: EventRow, after: EventRow): () => void {
    return () => {
      const back = mergeFields(fieldsOf(after), fieldsOf(before), fieldsOf(after)).fields;
      this.send(after, back).then((row) => row && this.host.tell(`Undone: ${short(row)}`), this.fail);
    };
  }

  private takeBack(row: EventRow): void {
    const { api, store } = this.host;
    api.remove(row.id, row.version).then(() => store.dispatch({ type: "removed", id: row.id }), this.fail);
  }

  /** From the trash, under its id; where the server has no trash, as a new event. */
  private async restore(row: EventRow, key: string): Promise<void> {
    const { api, tell } = this.host;
    try {
      this.put(await api.restore(row.id));
      tell(`Restored: ${short(row)}`);
    } catch (failure) {
      if (!(failure instanceof ServerError) || failure.status !== 405) return this.fail(failure);
      await api.add(restoreData(row, key)).then((back) => {
        this.put(back);
        tell(`Restored as a new event, number ${back.id}: ${short(row)}`);
      }, this.fail);
    }
  }

  private sendStatus(id: number, status: EventStatus): Promise<EventRow> {
    const { api } = this.host;
    if (status === EventStatus.DONE) return api.complete(id);
    return status === EventStatus.ARCHIVED ? api.archive(id) : api.update({ id, status });
  }

  private put(row: EventRow, key?: string): void {
    this.host.store.dispatch({ type: "answered", row, key });
  }

  /** Shows `row` until its answer comes; the key ends this guess and no later one. */
  private guess(row: EventRow): string {
    const key = String(++this.lastKey);
    if (eventOf(this.host.store.get(), row.id)) this.host.store.dispatch({ type: "guessed", row, key });
    return key;
  }

  private giveUp(id: number, key: string): void {
    this.host.store.dispatch({ type: "guess_failed", id, key });
  }

  private readonly fail = (failure: unknown): void => {
    this.host.tell(reasonOf(failure), { failed: true });
  };
}

function short(row: Pick<EventRow, "title">): string {
  return row.title.length > 60 ? `${row.title.slice(0, 58)}…` : row.title;
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof ServerError)) return "That did not work.";
  return failure.status === 409 && !failure.message.includes("Others") ? "Somebody changed this event meanwhile; look at it again." : failure.message;
}
