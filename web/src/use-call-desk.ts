// What the page does with calls: claims, what is typed about them, and what comes next.

import { useCallback, useMemo, useState } from "react";
import type { Api } from "./api";
import { CallActions, LEASE_SEC } from "./call-actions";
import type { EventStore } from "./event-store";
import { newFinish, type Finish } from "./outcomes";
import type { Undoing } from "./undoing";
import type { Session } from "./session";
import { nowSeconds } from "./time/clock";
import type { EventRow } from "./types.gen";
import type { Directory } from "./use-directory";
import { useStable } from "./use-stable";
import type { Tell } from "./use-toasts";
import { holderOf, isCall, nextOf, workList } from "./work-list";

const KEY = "deskcal.finish.";
/** With less than this left of a claim, working on the event prolongs it. */
const RENEW_BELOW_SEC = LEASE_SEC / 2;

interface Parts {
  api: Api;
  store: EventStore;
  tell: Tell;
  undoing: Undoing;
  session: Session;
  zone: string;
  brand: string;
  desk: string;
  directory: Directory;
  /** Of "My day"; empty in other views: nothing follows there. */
  rows: EventRow[];
  onOpen: (row: EventRow) => void;
  onClose: () => void;
}

export interface CallDesk {
  /** What was typed about a call and not sent. */
  finishOf: (row: EventRow) => Finish;
  change: (row: EventRow, finish: Finish) => void;
  /** Claims what can be claimed, and opens it. */
  start: (row: EventRow) => void;
  claim: (row: EventRow) => void;
  claimNext: () => void;
  release: (row: EventRow) => void;
  /** Done; in "My day" the next one is opened. */
  finish: (row: EventRow) => Promise<void>;
}

export function useCallDesk({ api, store, tell, undoing, session, zone, brand, desk, directory, rows, onOpen, onClose }: Parts): CallDesk {
  const { person, outcomes } = directory;
  const [typed, setTyped] = useState<Record<number, Finish>>(() => readTyped(session.id));
  const actions = useMemo(
    () => new CallActions({ api, store, tell, me: session.id, zone, nameOf: (id) => person(id).name, outcomes, undoing }),
    [api, store, tell, session.id, zone, person, outcomes, undoing],
  );
  const keep = useCallback(
    (id: number, finish: Finish | null) =>
      setTyped((all) => {
        const next = { ...all };
        if (finish) next[id] = finish;
        else delete next[id];
        keepTyped(session.id, next);
        return next;
      }),
    [session.id],
  );
  const change = useStable((row: EventRow, finish: Finish) => {
    keep(row.id, finish);
    const now = nowSeconds();
    if (holderOf(row, now) === session.id && (row.claim_until ?? 0) - now < RENEW_BELOW_SEC) void actions.claim(row);
  });
  const start = useStable((row: EventRow) => {
    const now = nowSeconds();
    if (isCall(row) && row.start_time <= now && holderOf(row, now) !== session.id) void actions.claim(row);
    onOpen(row);
  });
  const claimNext = useStable(async () => {
    const row = await actions.claimNext(desk, brand);
    if (row) onOpen(row);
  });
  const finish = useStable(async (row: EventRow) => {
    if (!(await actions.finish(row, typed[row.id] ?? newFinish()))) return;
    keep(row.id, null);
    if (!rows.length) return;
    const at = { me: session.id, now: nowSeconds(), zone };
    const next = nextOf(workList(rows, at), row.id, at);
    if (next) onOpen(next);
    else onClose();
  });
  const finishOf = useCallback((row: EventRow) => typed[row.id] ?? newFinish(), [typed]);
  return useMemo(
    () => ({
      finishOf,
      change,
      start,
      finish,
      claimNext: () => void claimNext(),
      claim: (row) => void actions.claim(row),
      release: (row) => void actions.release(row),
    }),
    [finishOf, change, start, claimNext, finish, actions],
  );
}

function readTyped(me: number): Record<number, Finish> {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY + me) ?? "null") as Record<number, Finish> | null) ?? {};
  } catch {
    return {};
  }
}

function keepTyped(me: number, typed: Record<number, Finish>): void {
  try {
    sessionStorage.setItem(KEY + me, JSON.stringify(typed));
  } catch {
    sessionStorage.removeItem(KEY + me);
  }
}
