import { describe, expect, it } from "vitest";
import { listEvents, PAGE_ROWS, type AskList } from "../src/event-lists";
import { takesPart } from "../src/filters";
import type { EventRow } from "../src/types.gen";
import { makeRow } from "./make-row";

const wanted = { from: 1, to: 2_000_000_000, brand: "", deskFilter: "*" };

/** A list command over `table`, as the contract has it; `meanwhile` happens after each answer. */
function server(table: Map<number, EventRow>, meanwhile: (asked: number) => void = () => {}) {
  const asked: number[] = [];
  const ask: AskList = async ({ manager_id, offset, limit }) => {
    const rows = [...table.values()]
      .filter((row) => !manager_id || takesPart(row, manager_id))
      .sort((a, b) => a.start_time - b.start_time || a.id - b.id);
    asked.push(manager_id ?? 0);
    meanwhile(asked.length);
    return { rows: rows.slice(offset, offset + limit), count: rows.length };
  };
  return { ask, asked };
}

function tableOf(count: number, managers: number): Map<number, EventRow> {
  const table = new Map<number, EventRow>();
  for (let id = 1; id <= count; id++) {
    const owner_manager_id = 100 + (id % managers);
    table.set(id, makeRow({ id, start_time: 1000 + id, end_time: 2000 + id, owner_manager_id, created_by: owner_manager_id, participants: [] }));
  }
  return table;
}

async function listed(ask: AskList, managers: number[]): Promise<Set<number>> {
  const found = new Set<number>();
  await listEvents(ask, wanted, managers, (rows) => rows.forEach((row) => found.add(row.id)));
  return found;
}

const idsFrom = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);

describe("a list of everybody", () => {
  it.each([0, 1, PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 3 * PAGE_ROWS])("has all of %d events", async (count) => {
    const { ask } = server(tableOf(count, 3));
    expect((await listed(ask, [])).size).toBe(count);
  });

  it.each([1, 99, 100, 2000])("loses none when %d earlier ones are deleted between two pages", async (gone) => {
    const table = tableOf(2 * PAGE_ROWS, 3);
    const { ask } = server(table, (asked) => {
      if (asked === 1) for (let id = 1; id <= gone; id++) table.delete(id);
    });
    const found = await listed(ask, []);
    expect([...table.keys()].filter((id) => !found.has(id))).toEqual([]);
  });

  it("gives up where every page is torn from the last", async () => {
    const table = tableOf(4 * PAGE_ROWS, 3);
    let first = 1;
    const { ask } = server(table, () => {
      for (const end = first + 500; first < end; first++) table.delete(first);
    });
    await expect(listed(ask, [])).rejects.toThrow("could not all be listed");
  });
});

describe("a list of chosen managers", () => {
  const owned = (table: Map<number, EventRow>, managers: number[]) => [...table.values()].filter((row) => managers.includes(row.owner_manager_id));

  it.each([1, 8, 9, 30])("has all events of %d, however many others there are", async (chosen) => {
    const table = tableOf(2 * PAGE_ROWS, 40);
    const { ask, asked } = server(table);
    const found = await listed(ask, idsFrom(chosen));
    expect(owned(table, idsFrom(chosen)).filter((row) => !found.has(row.id))).toEqual([]);
    expect(asked.filter((id) => id !== 0).sort()).toEqual(idsFrom(chosen));
  });

  it("is one list for many where everything fits on a page", async () => {
    const table = tableOf(PAGE_ROWS, 40);
    const { ask, asked } = server(table);
    const found = await listed(ask, idsFrom(9));
    expect(asked).toEqual([0]);
    expect(owned(table, idsFrom(9)).every((row) => found.has(row.id))).toBe(true);
  });

  it("has all of one who has more than a page", async () => {
    const table = tableOf(3 * PAGE_ROWS, 1);
    const found = await listed(server(table).ask, idsFrom(9));
    expect(found.size).toBe(3 * PAGE_ROWS);
  });
});
