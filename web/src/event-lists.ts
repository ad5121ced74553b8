// Lists of the server made whole: however many pages, and of several managers, although a list takes one.

import type { EventRow, GetEventsByFilter } from "./types.gen";
import { ServerError, type ListAnswer } from "./wire";

/** How one list is asked for: `Api.list`. */
export type AskList = (data: GetEventsByFilter) => Promise<ListAnswer>;
export type Wanted = Pick<GetEventsByFilter, "from" | "to" | "brand" | "deskFilter">;
type Take = (rows: EventRow[]) => void;

export const PAGE_ROWS = 5000;
/** So many rows of a page come again with the next one, to see that they join. */
const SHARED_ROWS = 100;
const FEW_MANAGERS = 8;
const LISTS_AT_ONCE = 8;
const MOST_TRIES = 5;

/**
 * Hands over every event of the range in which one of the managers takes part; of none, every event. Also others:
 * many managers are separated by the page if one page has all events there are, else each is asked for.
 */
export async function listEvents(ask: AskList, wanted: Wanted, managers: number[], take: Take): Promise<void> {
  if (!managers.length) return listAll(ask, { ...wanted, manager_id: 0 }, take);
  if (managers.length > FEW_MANAGERS) {
    const { rows, count } = await ask({ ...wanted, manager_id: 0, limit: PAGE_ROWS, offset: 0 });
    if (rows.length === count) return take(rows);
  }
  const left = [...managers];
  const work = async () => {
    for (let manager_id = left.shift(); manager_id !== undefined; manager_id = left.shift()) {
      await listAll(ask, { ...wanted, manager_id }, take);
    }
  };
  await Promise.all(Array.from({ length: LISTS_AT_ONCE }, work));
}

export type WholeList = Omit<GetEventsByFilter, "limit" | "offset">;

/** Every event that one list has, however many pages. Raises: ServerError. */
export async function listAll(ask: AskList, wanted: WholeList, take: Take): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (await listPages(ask, wanted, take)) return;
  }
  throw new ServerError(503, "UNAVAILABLE", "So much changes there that the events could not all be listed.");
}

/** Page by page. False: one did not join the last, as others took away or moved many events before it. */
async function listPages(ask: AskList, wanted: WholeList, take: Take): Promise<boolean> {
  let last: EventRow[] = [];
  for (let offset = 0; ; offset += PAGE_ROWS - SHARED_ROWS) {
    const { rows, count } = await ask({ ...wanted, limit: PAGE_ROWS, offset });
    if (offset && !joins(last, rows)) return false;
    take(rows);
    if (offset + rows.length >= count) return true;
    last = rows;
  }
}

/** Whether a row is in both, at its old place in the order: then none lies between the two. */
function joins(before: EventRow[], after: EventRow[]): boolean {
  const starts = new Map(before.map((row) => [row.id, row.start_time]));
  return after.some((row) => starts.get(row.id) === row.start_time);
}
