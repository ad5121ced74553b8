// What a person does to events: sent to the server, shown at once where it is likely to succeed, reported,
// and undone. No React here.

import type { Applied, Api } from "./api";
import { ManyActions } from "./many-actions";
import type { Moved, Times } from "./moving";
import { changedFields, createData, fieldsOf, mergeFields, withMine, type FieldName, type Fields, type Merged } from "./event-fields";
import { eventOf, type EventStore } from "./event-store";
import { failureText, shortTitle as short } from "./failure-text";
import { randomKey } from "./insecure-page";
import { EventStatus, ParticipantStatus, type EventRow } from "./types.gen";
import { Undoing, type LeftEvent } from "./undoing";
import type { Tell, Toast } from "./use-toasts";
import type { Scope } from "./use-scope";
import { ServerError } from "./wire";

/** Two edits that can't both stand, waiting for a person to choose. */
export interface Conflict {
  base: Fields;
  mine: Fields;
  theirs: EventRow;
  merged: Merged;
  scope: Scope;
}

export interface ActionHost {
  api: Api;
  store: EventStore;
  tell: Tell;
  nameOf: (manager: number) => string;
  onConflict: (conflict: Conflict | null) => void;
  /** Shows events that were left as they are, under a heading. */
  onLeft: (left: LeftEvent[], heading: string) => void;
}

const DONE_TEXT: Record<number, string> = { 0: "Reopened", 1: "Completed", 2: "Cancelled", 3: "Archived" };
const ANSWER_TEXT: Record<number, string> = { 1: "You accepted", 2: "You declined", 3: "You answered maybe to" };
const SCOPE_TEXT: Record<Scope, string> = { 0: "", 1: " (this and following)", 2: " (all of the series)" };
const MOST_TRIES = 4;

export class Actions {
  private lastKey = 0;
  /** A creation whose answer was lost: the same once more has its key, so that it makes no second event. */
  private unanswered: { data: string; key: string } | null = null;
  readonly undoing: Undoing;
  /** The same to many events at once. */
  readonly many: ManyActions;

  constructor(private readonly host: ActionHost) {
    this.undoing = new Undoing(host);
    this.many = new ManyActions(host, this.undoing);
  }

  /** The new event; null: refused, and reported. */
  async create(fields: Fields): Promise<EventRow | null> {
    const data = JSON.stringify(fields);
    const key = this.unanswered?.data === data ? this.unanswered.key : randomKey();
    this.unanswered = null;
    try {
      const made = await this.host.api.add(createData(fields, key));
      this.put(made.row);
      this.tellDone("Created", made);
      return made.row;
    } catch (failure) {
      if (isUnanswered(failure)) this.unanswered = { data, key };
      this.fail(failure);
      return null;
    }
  }

  /** Whether it is saved. False: refused, or a conflict that waits for a choice. */
  async save(base: EventRow, mine: Fields, scope: Scope = 0): Promise<boolean> {
    try {
      const saved = await this.send(base, mine, scope);
      if (saved) this.tellDone(`Saved${SCOPE_TEXT[scope]}`, saved);
      return saved !== null;
    } catch (failure) {
      this.fail(failure);
      return false;
    }
  }

  /** Ends a conflict with my value for the fields named and theirs for the others. */
  async settle(conflict: Conflict, names: FieldName[]): Promise<boolean> {
    this.host.onConflict(null);
    return this.save(conflict.theirs, withMine(conflict.merged.fields, conflict.mine, names), conflict.scope);
  }

  move(row: EventRow, times: Moved, scope: Scope = 0): void {
    // A reminder at a given time does not repeat: of several occurrences it stays.
    const guess = { ...row, ...times, ...(scope && { remind_time: row.remind_time, remind_before_sec: row.remind_before_sec }) };
    const key = this.guess(guess);
    this.send(row, fieldsOf(guess), scope, key).then(
      (moved) => {
        this.giveUp(row.id, key);
        const isGiven = guess.owner_manager_id !== row.owner_manager_id;
        const verb = isGiven ? `Given to ${this.host.nameOf(guess.owner_manager_id)}` : "Moved";
        if (moved) this.tellDone(verb + SCOPE_TEXT[scope], moved, isAtOtherTimes(row, guess) ? this.askAgain(moved.row) : undefined);
      },
      (failure: unknown) => {
        this.giveUp(row.id, key);
        this.fail(failure);
      },
    );
  }

  setStatus(row: EventRow, status: EventStatus, scope: Scope = 0): void {
    const key = this.guess({ ...row, status });
    this.sendStatus(row.id, status, scope).then(
      (after) => {
        this.put(after.row, key);
        this.tellDone((DONE_TEXT[status] ?? "Changed") + SCOPE_TEXT[scope], after);
      },
      (failure: unknown) => {
        this.giveUp(row.id, key);
        this.fail(failure);
      },
    );
  }

  /** Whether it is deleted. */
  async remove(row: EventRow, scope: Scope = 0): Promise<boolean> {
    const { api, store } = this.host;
    try {
      const batchId = await api.remove(row.id, row.version, scope);
      store.dispatch({ type: "removed", id: row.id });
      this.tellDone(`Deleted${SCOPE_TEXT[scope]}`, { row, batchId });
      return true;
    } catch (failure) {
      if (failure instanceof ServerError && failure.event) this.put(failure.event);
      this.fail(failure);
      return false;
    }
  }

  answer(row: EventRow, status: number, scope: Scope = 0): void {
    this.host.api.respond(row.id, status, scope).then((after) => {
      this.put(after.row);
      this.tellDone((ANSWER_TEXT[status] ?? "You answered") + SCOPE_TEXT[scope], after);
    }, this.fail);
  }

  /** Offered after a move of a meeting to which others had answered. */
  private askAgain(row: EventRow): Toast["action"] {
    const hasAnswers = row.participants.some((participant) => participant.manager_id !== row.owner_manager_id && participant.status !== ParticipantStatus.INVITED);
    if (!hasAnswers) return undefined;
    const act = () =>
      void this.host.api.askAgain(row.id).then((after) => {
        this.put(after.row);
        this.tellDone("Asked everybody again", after);
      }, this.fail);
    return { label: "Ask everybody again", act };
  }

  /** Sends what differs; what others changed meanwhile is merged, or becomes a conflict (null). */
  private async send(base: EventRow, mine: Fields, scope: Scope, key?: string): Promise<Applied | null> {
    let from = base;
    let wanted = mine;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        const applied = await this.host.api.update({ id: base.id, ...changedFields(fieldsOf(from), wanted), ...inScope(scope), if_version: from.version });
        this.put(applied.row, key);
        return applied;
      } catch (failure) {
        if (!(failure instanceof ServerError) || failure.status !== 409 || !failure.event) throw failure;
        const theirs = failure.event;
        this.put(theirs);
        const merged = mergeFields(fieldsOf(from), wanted, fieldsOf(theirs));
        if (merged.collisions.length) {
          this.host.onConflict({ base: fieldsOf(from), mine: wanted, theirs, merged, scope });
          return null;
        }
        from = theirs;
        wanted = merged.fields;
      }
    }
    throw new ServerError(409, "CONFLICT", "Others keep changing this event; look at it again.");
  }

  private tellDone(text: string, { row, batchId }: Applied, action?: Toast["action"]): void {
    const what = `${text}: ${short(row)}`;
    this.host.tell(what, { undo: this.undoing.of(batchId, what), action });
  }

  private sendStatus(id: number, status: EventStatus, scope: Scope): Promise<Applied> {
    const { api } = this.host;
    if (status === EventStatus.DONE) return api.complete(id);
    return status === EventStatus.ARCHIVED ? api.archive(id, scope) : api.update({ id, status, ...inScope(scope) });
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
    this.host.tell(failureText(failure), { failed: true });
  };
}

/** Whether the server may have done it all the same. */
function isUnanswered(failure: unknown): boolean {
  return failure instanceof ServerError && (failure.code === "DISCONNECTED" || failure.code === "TIMEOUT");
}

function isAtOtherTimes(one: Times, other: Times): boolean {
  return one.start_time !== other.start_time || one.end_time !== other.end_time || one.all_day !== other.all_day;
}

/** Nothing for this one alone: so it is for single events, too. */
function inScope(scope: Scope): { scope?: Scope } {
  return scope ? { scope } : {};
}
