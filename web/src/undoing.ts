// Undoes what was done, batch by batch, and says what stays as it is and why. No React here.

import type { Api } from "./api";
import { eventOf, type EventStore } from "./event-store";
import { failureText, shortTitle } from "./failure-text";
import type { Tell } from "./use-toasts";
import type { HistoryEntry, UndoAnswer } from "./wire";

/** An event that was left as it is, and why. */
export interface LeftEvent {
  id: number;
  title: string;
  why: string;
  isGone: boolean;
}

export interface UndoHost {
  api: Api;
  store: EventStore;
  tell: Tell;
  nameOf: (manager: number) => string;
  /** Shows all of them, under a heading. */
  onLeft: (left: LeftEvent[], heading: string) => void;
}

const KINDS: Record<number, string> = { 0: "added", 1: "changed", 2: "deleted", 3: "restored", 4: "archived" };
const DELETED = 2;
/** So many events that were left are named with their reasons. */
const MOST_NAMED = 50;

export class Undoing {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly host: UndoHost) {}

  /** Undoes the batch, which did what `text` says; one after the other. Undefined: nothing was done. */
  of(batchId: number, text: string): (() => void) | undefined {
    return batchId ? () => this.queue(batchId, text, false) : undefined;
  }

  private queue(batchId: number, text: string, isRedo: boolean): void {
    this.last = this.last.then(() => this.run(batchId, text, isRedo));
  }

  private async run(batchId: number, text: string, isRedo: boolean): Promise<void> {
    const { api, tell } = this.host;
    try {
      const answer = await api.undo(batchId);
      const back = answer.batch_id ? () => this.queue(answer.batch_id, text, !isRedo) : undefined;
      const way = isRedo ? { undo: back, isAgain: true } : { redo: back };
      const verb = isRedo ? "Done again" : "Undone";
      if (answer.left.length) return await this.tellLeft(answer, batchId, verb, way);
      if (!answer.undone) return tell(`There is nothing left of it to change: ${lowerFirst(text)}`, { failed: true });
      tell(`${verb} (${lowerFirst(text)})`, way);
    } catch (failure) {
      tell(failureText(failure), { failed: true });
    }
  }

  private async tellLeft({ undone, left }: UndoAnswer, batchId: number, verb: string, way: object): Promise<void> {
    const { tell, onLeft } = this.host;
    const found = await Promise.all(left.slice(0, MOST_NAMED).map((id) => this.leftEvent(id, batchId)));
    const first = found[0] as LeftEvent;
    const others = left.length > 1 ? `, and ${left.length - 1} more` : "";
    const action = { label: "Show", act: () => onLeft(found, `Not ${lowerFirst(verb)}`) };
    const why = `${first.why}${others}`;
    if (!undone) return tell(`Not ${lowerFirst(verb)}: ${why}`, { failed: true, action });
    tell(`${verb} for ${undone} of ${undone + left.length} events. Not for the ${left.length === 1 ? "other" : "others"}: ${why}`, { ...way, action });
  }

  private async leftEvent(id: number, batchId: number): Promise<LeftEvent> {
    const entries = await this.host.api.history(id, batchId).catch((): HistoryEntry[] => []);
    const since = entries.filter((entry) => entry.batch_id !== batchId).at(-1) ?? null;
    const row = eventOf(this.host.store.get(), id);
    const title = row?.title ?? String(since?.changed.title?.find(Boolean) ?? `event ${id}`);
    return { id, title, why: this.whyLeft(shortTitle({ title }), since), isGone: since?.type === DELETED };
  }

  /** "Anna has moved “Call” since": who did what. */
  private whyLeft(title: string, since: HistoryEntry | null): string {
    if (!since) return `you can't change “${title}” any more`;
    const who = since.actor ? this.host.nameOf(since.actor) : "the server";
    return `${who} has ${kindOf(since)} “${title}” since`;
  }
}

function kindOf({ type, changed }: HistoryEntry): string {
  const isMoved = type === 1 && ("start_time" in changed || "end_time" in changed);
  return isMoved ? "moved" : (KINDS[type] ?? "changed");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
