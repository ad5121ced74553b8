// What the server finds for a search, page by page; the first one once typing has paused.

import { useEffect, useState } from "react";
import type { Api } from "./api";
import type { EventRow } from "./types.gen";
import { useStable } from "./use-stable";

/** What was found for `search` so far. */
interface Found {
  search: string;
  /** null: the server has no search. */
  rows: EventRow[] | null;
  next: string | null;
  problem: string;
}

export interface Search extends Found {
  isLoading: boolean;
  more: () => void;
}

const PAUSE_MS = 200;
const NOTHING: Found = { search: "", rows: null, next: null, problem: "" };

/** Under every desk and brand that the session may see; of less than two letters nothing is asked for. */
export function useSearch(api: Api, search: string): Search {
  const [found, setFound] = useState(NOTHING);
  const [isLoading, setIsLoading] = useState(false);
  useEffect(() => {
    if (search.length < 2) return;
    let isStale = false;
    const timer = setTimeout(() => {
      const keep = (page: Partial<Found>) => !isStale && setFound({ ...NOTHING, search, ...page });
      first(api, search).then(keep, (failure: Error) => keep({ problem: failure.message }));
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [api, search]);

  const more = useStable(() => {
    const { next } = found;
    if (next === null || isLoading) return;
    setIsLoading(true);
    api
      .search(found.search, next)
      .then(
        (page) => setFound((all) => (all.next === next && all.search === found.search ? joined(all, page) : all)),
        (failure: Error) => setFound((all) => (all.search === found.search ? { ...all, problem: failure.message } : all)),
      )
      .finally(() => setIsLoading(false));
  });
  return { ...found, isLoading, more };
}

type Page = Pick<Found, "rows" | "next">;

/** What was changed meanwhile may come again. */
function joined(all: Found, page: Page | null): Found {
  const before = all.rows ?? [];
  const ids = new Set(before.map((row) => row.id));
  return { ...all, problem: "", rows: [...before, ...(page?.rows ?? []).filter((row) => !ids.has(row.id))], next: page?.next ?? null };
}

/** By words; a number, or "#7", also by the event's id. */
async function first(api: Api, search: string): Promise<Page> {
  const id = Number(search.match(/^#?(\d{1,15})$/)?.[1] ?? 0);
  const [byId, byWords] = await Promise.all([id ? api.get(id).catch(() => null) : null, api.search(search, null)]);
  const page = byWords ?? { rows: null, next: null };
  if (!byId) return page;
  return { rows: [byId, ...(page.rows ?? []).filter((row) => row.id !== byId.id)], next: page.next };
}
