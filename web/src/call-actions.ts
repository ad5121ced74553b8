// Working through calls: claim, give back, finish with what came of it. No React here.
// Source: contract, section 14.

import type { Api } from "./api";
import type { EventStore } from "./event-store";
import { completeData, outcomeName, type Finish } from "./outcomes";
import { clockText, dateText } from "./time/formats";
import { dateIn, nowSeconds } from "./time/clock";
import type { ClaimNext, EventRow } from "./types.gen";
import { failureText } from "./failure-text";
import type { Undoing } from "./undoing";
import type { Tell } from "./use-toasts";
import { ServerError, type ClaimAnswer, type DirectoryOutcome } from "./wire";

/** Longer than a call usually takes; working on the event prolongs it. */
export const LEASE_SEC = 900;

interface CallHost {
  api: Api;
  store: EventStore;
  tell: Tell;
  me: number;
  zone: string;
  nameOf: (manager: number) => string;
  outcomes: DirectoryOutcome[];
  undoing: Undoing;
}

type Refusal = Extract<ClaimAnswer, { event: null }>;

export class CallActions {
  /** Ids of the calls whose completion is sent and not answered. */
  private readonly finishing = new Set<number>();

  constructor(private readonly host: CallHost) {}

  /** Whether it is claimed now; why not is shown. */
  async claim(row: EventRow): Promise<boolean> {
    return (await this.claimed({ id: row.id, lease_sec: LEASE_SEC })) !== null;
  }

  /** The most pressing call, claimed; null: there is none, and why is shown. */
  claimNext(deskFilter: string, brand: string): Promise<EventRow | null> {
    return this.claimed({ deskFilter, brand: brand || null, lease_sec: LEASE_SEC });
  }

  async release(row: EventRow): Promise<void> {
    try {
      this.put(await this.host.api.release(row.id));
      this.host.tell(`Given back: ${row.title}`);
    } catch (failure) {
      this.fail(failure);
    }
  }

  /** Whether it is done; false also while that is asked for already. The follow-up is shown at once, too. */
  async finish(row: EventRow, finish: Finish): Promise<boolean> {
    if (this.finishing.has(row.id)) return false;
    const { api, tell, zone, outcomes, undoing } = this.host;
    this.finishing.add(row.id);
    try {
      const { row: done, followUp, batchId } = await api.finish(completeData(row, finish, zone));
      this.put(done);
      if (followUp) this.put(followUp);
      const what = `${outcomeName(outcomes, done.outcome ?? "") || "Completed"}: ${row.title}`;
      const again = followUp ? `, again ${momentText(followUp.start_time, zone)}` : "";
      tell(what + again, { undo: undoing.of(batchId, what) });
      return true;
    } catch (failure) {
      this.fail(failure);
      return false;
    } finally {
      this.finishing.delete(row.id);
    }
  }

  private async claimed(data: ClaimNext): Promise<EventRow | null> {
    try {
      const answer = await this.host.api.claim(data);
      if (!answer.event) {
        this.host.tell(refusalText(answer, nowSeconds(), this.host.zone), { failed: true });
        return null;
      }
      this.put(answer.event);
      return answer.event;
    } catch (failure) {
      this.fail(failure);
      return null;
    }
  }

  private put(row: EventRow): void {
    this.host.store.dispatch({ type: "answered", row });
  }

  private readonly fail = (failure: unknown): void => {
    const { tell, nameOf, zone } = this.host;
    const held = failure instanceof ServerError ? failure.event : null;
    if (held) this.put(held);
    const isHeld = held?.claimed_by && held.claimed_by !== this.host.me;
    tell(isHeld ? `${nameOf(held.claimed_by ?? 0)} works on it until ${clockText(held.claim_until ?? 0, zone)}.` : failureText(failure), { failed: true });
  };
}

/** Why there is nothing to claim, and when there will be. */
export function refusalText({ reason, retry_after_sec }: Refusal, now: number, zone: string): string {
  const until = retry_after_sec ? momentText(now + retry_after_sec, zone, now) : "";
  switch (reason) {
    case "NONE_DUE":
      return until ? `No call is due before ${until}.` : "No call is due.";
    case "OUTSIDE_HOURS":
      return `The customer may not be called now${until && `, but at ${until}`}.`;
    case "COOLDOWN":
      return `The customer was reached a short time ago${until && `; call again at ${until}`}.`;
    case "ALL_CLAIMED":
      return `Colleagues work on it${until && ` until ${until}`}.`;
  }
}

/** "15:05" of today, "30 Nov, 15:05" of another day. */
export function momentText(seconds: number, zone: string, now = nowSeconds()): string {
  const date = dateIn(seconds, zone);
  return date === dateIn(now, zone) ? clockText(seconds, zone) : `${dateText(date, "dayMonth")}, ${clockText(seconds, zone)}`;
}
