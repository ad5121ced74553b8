// Counts of a desk's day, by the server: asked for again when something changes or becomes late, at most once a second.

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

const LEAST_MS = 1000;
/** After a failure, such as a connection that is lost. */
const AGAIN_MS = 4000;

/**
 * null: not known (yet). `from`, `to`: the day, Unix seconds.
 *
 * `rows`: another array at each change. `late`: how many of them are over by the clock, which no change says.
 */
export function useDeskSummary(api: Api, rows: EventRow[], late: number, desk: string, brand: string, from: number, to: number): DeskSummary | null {
  const [summary, setSummary] = useState<{ key: string; found: DeskSummary | null }>({ key: "", found: null });
  const last = useRef(0);
  const key = [desk, brand, from, to].join();
  useEffect(() => {
    if (!desk) return;
    let isStale = false;
    const ask = () => {
      last.current = Date.now();
      askAll(api, desk, brand, from, to).then(
        (found) => setSummary({ key, found }),
        () => {
          if (!isStale) timer = setTimeout(ask, AGAIN_MS);
        },
      );
    };
    let timer = setTimeout(ask, Math.max(0, last.current + LEAST_MS - Date.now()));
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [api, rows, late, desk, brand, from, to, key]);
  return summary.key === key ? summary.found : null;
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
