// Counts of a desk's day, by the server: asked for again when something changes, at most once a second.

import { useEffect, useRef, useState } from "react";
import type { Api } from "./api";
import { nowSeconds } from "./time/clock";
import { GroupBy, type EventRow } from "./types.gen";
import type { SummaryGroup } from "./wire";

export interface DeskSummary {
  /** Of the day, by manager. */
  managers: ReadonlyMap<number, SummaryGroup>;
  /** What came of the day's events; without those that have no outcome. */
  outcomes: SummaryGroup[];
  /** Open and over, of any day, by manager. */
  late: ReadonlyMap<number, SummaryGroup>;
}

const EMPTY: DeskSummary = { managers: new Map(), outcomes: [], late: new Map() };
const LEAST_MS = 1000;

/** `rows`: another array at each change. `from`, `to`: the day, Unix seconds. */
export function useDeskSummary(api: Api, rows: EventRow[], desk: string, brand: string, from: number, to: number): DeskSummary {
  const [summary, setSummary] = useState({ key: "", found: EMPTY });
  const last = useRef(0);
  const key = [desk, brand, from, to].join();
  useEffect(() => {
    if (!desk) return;
    const ask = () => {
      last.current = Date.now();
      askAll(api, desk, brand, from, to).then(
        (found) => setSummary({ key, found }),
        () => {},
      );
    };
    const timer = setTimeout(ask, Math.max(0, last.current + LEAST_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [api, rows, desk, brand, from, to, key]);
  return summary.key === key ? summary.found : EMPTY;
}

async function askAll(api: Api, desk: string, brand: string, from: number, to: number): Promise<DeskSummary> {
  const scope = { deskFilter: desk, brand: brand || null };
  const [managers, outcomes, late] = await Promise.all([
    api.summary({ ...scope, from, to, group_by: GroupBy.MANAGER }),
    api.summary({ ...scope, from, to, group_by: GroupBy.OUTCOME }),
    api.summary({ ...scope, from: 1, to: nowSeconds(), overdue: 1, group_by: GroupBy.MANAGER }),
  ]);
  return { managers: byManager(managers), outcomes: outcomes.filter((group) => group.key !== ""), late: byManager(late) };
}

function byManager(groups: SummaryGroup[]): Map<number, SummaryGroup> {
  return new Map(groups.map((group) => [Number(group.key), group]));
}
