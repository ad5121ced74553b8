// Keeps the event store right: subscribes at each connection, from where the last one ended. No React here.

import type { Api } from "./api";
import type { Connection } from "./connection";
import { EventLoads } from "./event-loads";
import { EventStore } from "./event-store";
import { changeOf, isResync, ServerError, type Change } from "./wire";

const FLUSH_MS = 30;

export class LiveEvents {
  readonly store = new EventStore();
  readonly loads: EventLoads;
  /** Where a new subscription goes on; null: nothing was subscribed to yet. */
  private seq: number | null = null;
  private isSubscribed = false;
  private isLive = false;
  private readonly watchers = new Set<() => void>();
  private readonly waiting: Change[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly api: Api,
  ) {
    this.loads = new EventLoads(api, this.store);
    connection.listen(this.take);
    connection.watch(this.look);
    connection.atSocket(() => void this.subscribe());
  }

  /** Whether changes are pushed: what is listed from now on stays right. */
  readonly getIsLive = (): boolean => this.isLive;

  /** Calls `watcher` when that changes, until the function returned is called. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  private readonly take = (message: unknown): void => {
    if (isResync(message)) {
      this.seq = message.seq;
      this.store.dispatch({ type: "reload" });
    }
    const change = changeOf(message);
    if (!change) return;
    this.seq = Math.max(this.seq ?? 0, change.seq);
    this.waiting.push(change);
    this.timer ??= setTimeout(this.flush, FLUSH_MS);
  };

  private readonly flush = (): void => {
    this.timer = undefined;
    this.store.dispatch({ type: "changed", changes: this.waiting.splice(0) });
  };

  private async subscribe(): Promise<void> {
    this.isSubscribed = false;
    const since = this.seq;
    const { next, missed } = await goLive(this.api, since);
    if (next !== null) this.seq = next;
    if (missed) this.store.dispatch({ type: "reload" });
    this.isSubscribed = true;
    this.look();
  }

  private readonly look = (): void => {
    const isLive = this.isSubscribed && this.connection.getState() === "open";
    if (isLive === this.isLive) return;
    this.isLive = isLive;
    for (const watcher of this.watchers) watcher();
  };
}

/** Subscribes from the cursor on. `missed`: what changed meanwhile can't be pushed, load again. */
async function goLive(api: Api, since: number | null): Promise<{ next: number | null; missed: boolean }> {
  try {
    if (since !== null) {
      await api.subscribe(since);
      return { next: since, missed: false };
    }
  } catch (failure) {
    if (!(failure instanceof ServerError) || failure.status !== 410) return { next: since, missed: false };
  }
  const next = await api.cursor().catch(() => null);
  // With a cursor, what changes before the server subscribes is pushed, too: a list need not wait for it.
  const subscribed = api.subscribe(next).catch(() => {});
  if (next === null) await subscribed;
  return { next, missed: since !== null || next === null };
}
