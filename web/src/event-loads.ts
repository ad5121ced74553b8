// Lists that fill the event store, in the pages of the server. No React here.

import type { Api } from "./api";
import { listAll, listEvents, type AskList, type WholeList } from "./event-lists";
import { isCovered, type Covered, type EventStore, type Moment, type Span } from "./event-store";
import type { Filters, ViewName } from "./filters";
import { startOfDate } from "./time/clock";
import { addDays } from "./time/dates";
import type { EventRow } from "./types.gen";
import { visibleRange, type Shape } from "./visible-range";
import { ServerError } from "./wire";

const KEPT_ROWS = 60_000;

type Scope = [brand: string, desk: string, managers: number[]];

/** What a list is of besides its range, as text: lists of one scope have the same events where their ranges do. */
export function scopeOf({ view, brand, desk, managers }: Pick<Filters, "view" | "brand" | "desk" | "managers">, me: number): string {
  return JSON.stringify([brand, desk, view === "my_day" ? [me] : view === "desk" ? [] : managers] satisfies Scope);
}

/** The range of a view, with a day more on both sides: all-day events stay on their dates in every zone. */
export function seenSpan(view: ViewName, day: string, shape: Shape, zone: string): Span {
  const { first, last } = visibleRange(view, day, shape);
  return { from: Math.max(1, startOfDate(addDays(first, -1), zone)), to: startOfDate(addDays(last, 2), zone) };
}

export class EventLoads {
  /** By epoch, scope and range. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly api: Api,
    private readonly store: EventStore,
  ) {}

  /**
   * Lists what is not known of the range; what is being listed already is not asked for again.
   *
   * `isAhead`: the range is not seen yet, and not worth giving up what is known for. Raises: ServerError.
   */
  span(scope: string, span: Span, isAhead = false): Promise<void> {
    if (isCovered(this.store.get(), scope, span) || (isAhead && this.isFull)) return Promise.resolve();
    if (this.isFull) this.store.dispatch({ type: "reload" });
    const key = this.keyOf(scope, span);
    const load = this.underWay.get(key) ?? this.list(scope, span);
    this.underWay.set(key, load);
    return load.finally(() => this.underWay.delete(key));
  }

  /** The same, before anybody waits for it: the first call of `span` for that range fails as it did. */
  first(scope: string, span: Span): void {
    const key = this.keyOf(scope, span);
    const load = this.list(scope, span);
    this.underWay.set(key, load);
    const forget = () => void this.underWay.delete(key);
    load.then(forget, (failure: unknown) => failure instanceof ServerError && failure.code === "DISCONNECTED" && forget());
  }

  private keyOf(scope: string, { from, to }: Span): string {
    return [this.store.get().epoch, from, to, scope].join(" ");
  }

  /** Every event of one list. Raises: ServerError. */
  async all(wanted: WholeList): Promise<void> {
    const rows = new LastRows(this.api, this.store);
    await listAll(rows.ask, wanted, () => {}).finally(() => rows.pass());
  }

  private get isFull(): boolean {
    const { known, stale } = this.store.get();
    return known.size - stale.size > KEPT_ROWS;
  }

  private async list(scope: string, span: Span): Promise<void> {
    const { epoch } = this.store.get();
    const [brand, deskFilter, managers] = JSON.parse(scope) as Scope;
    const rows = new LastRows(this.api, this.store);
    try {
      await listEvents(rows.ask, { ...span, brand, deskFilter }, managers, () => {});
    } catch (failure) {
      rows.pass();
      throw failure;
    }
    const horizon = rows.horizons.length ? Math.min(...rows.horizons) : null;
    // After a reload meanwhile it is asked for again.
    rows.pass(this.store.get().epoch === epoch ? { scope, span, horizon } : undefined);
  }
}

/** Rows come into the store as they arrive, the last ones together with what they make known: both are drawn at once. */
class LastRows {
  readonly horizons: number[] = [];
  private last: { rows: EventRow[]; asked: Moment } | null = null;

  constructor(
    private readonly api: Api,
    private readonly store: EventStore,
  ) {}

  readonly ask: AskList = async (data) => {
    this.pass();
    const asked = this.store.get();
    const answer = await this.api.list(data);
    this.pass();
    this.last = { rows: answer.rows, asked };
    if (answer.horizon) this.horizons.push(answer.horizon);
    return answer;
  };

  pass(covers?: Covered): void {
    const { last } = this;
    this.last = null;
    if (last) this.store.dispatch({ type: "listed", ...last, covers });
  }
}
