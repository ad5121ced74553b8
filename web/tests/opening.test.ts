import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isCovered, shownRows } from "../src/event-store";
import type { Opening } from "../src/opening";
import { makeRow } from "./make-row";
import { Peer } from "./peer";

const LIST = "MngGetCalendarEventsByFilter";
const CURSOR = "MngGetCalendarChanges";
const DAY_SEC = 86_400;
const TUESDAY = 1_834_185_600;
/** 2028-02-15, of which the page asks for a day more on both sides. */
const SPAN = { from: TUESDAY - DAY_SEC, to: TUESDAY + 2 * DAY_SEC };
const SCOPE = JSON.stringify(["", "DESK_*", []]);

beforeEach(() => {
  Peer.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Peer);
  vi.stubGlobal("window", { matchMedia: () => ({ matches: false }), addEventListener: () => {}, setInterval, setTimeout });
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("location", { protocol: "http:", host: "example", search: "?view=day&day=2028-02-15&zone=UTC&desk=DESK_*" });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

async function begun(): Promise<{ opening: Opening; peer: Peer }> {
  const module = await import("../src/opening");
  const opening = new module.Opening("token", 7);
  opening.connection.open();
  const peer = Peer.all.at(-1)!;
  peer.accept();
  await settled();
  return { opening, peer };
}

async function live(): Promise<{ opening: Opening; peer: Peer }> {
  const { opening, peer } = await begun();
  peer.answerTo("Subscribe", { chanels: [] });
  peer.answerTo(CURSOR, { changes: [], next: 5, more: 0 });
  await settled();
  return { opening, peer };
}

describe("a page that opens", () => {
  it("asks for the cursor and then the events of its address, before the server has answered anything", async () => {
    const { opening, peer } = await begun();
    const commands = peer.sent.map((one) => one.command ?? "token");
    expect(commands).toEqual(["token", "Subscribe", "MngGetCalendarDirectory", CURSOR, LIST]);
    expect(peer.asked(LIST).data).toMatchObject({ ...SPAN, brand: "", deskFilter: "DESK_*", manager_id: 0, offset: 0 });
    expect(opening.events.getIsLive()).toBe(false);
  });

  it("has the events once the page asks for the same range, and asks no second time", async () => {
    const { opening, peer } = await live();
    const { loads, store } = opening.events;
    const loaded = loads.span(SCOPE, SPAN);
    peer.answerTo(LIST, { rows: [makeRow({ id: 3, start_time: TUESDAY, end_time: TUESDAY })], count: 1 });
    await loaded;
    expect(shownRows(store.get()).map((row) => row.id)).toEqual([3]);
    expect(isCovered(store.get(), SCOPE, SPAN)).toBe(true);
    await loads.span(SCOPE, SPAN);
    expect(peer.sent.filter((one) => one.command === LIST)).toHaveLength(1);
  });

  it("subscribes from the cursor on, so that what changes beside the list is pushed, too", async () => {
    const { opening, peer } = await live();
    expect(peer.asked("Subscribe").data).toEqual({ chanels: ["calendar"], since: 5 });
    expect(opening.events.getIsLive()).toBe(true);
    peer.push({ event: "calendar:event", type: 2, seq: 6, data: { id: 3 } });
    await vi.advanceTimersByTimeAsync(100);
    peer.answerTo(LIST, { rows: [makeRow({ id: 3 }), makeRow({ id: 4 })], count: 2 });
    await settled();
    expect(shownRows(opening.events.store.get()).map((row) => row.id)).toEqual([4]);
  });

  it("lists again where no cursor came: what changed before it subscribed was not pushed", async () => {
    const { opening, peer } = await begun();
    peer.answerTo("Subscribe", { chanels: [] });
    peer.answerTo(LIST, { rows: [makeRow({ id: 3 })], count: 1 });
    peer.answerTo(CURSOR, { code: "UNAVAILABLE", message: "later" }, 503);
    await settled();
    peer.answerTo("Subscribe", { chanels: ["calendar"] });
    await settled();
    expect(isCovered(opening.events.store.get(), SCOPE, SPAN)).toBe(false);
    expect(opening.events.getIsLive()).toBe(true);
  });

  it("lists once only, and after a break subscribes from the last change", async () => {
    const { opening, peer } = await live();
    peer.push({ event: "calendar:event", type: 1, seq: 9, data: makeRow({ id: 3 }) });
    peer.close();
    expect(opening.events.getIsLive()).toBe(false);
    await vi.advanceTimersByTimeAsync(300);
    const next = Peer.all.at(-1)!;
    next.accept();
    await settled();
    expect(next.asked("Subscribe").data).toEqual({ chanels: ["calendar"], since: 9 });
    expect(next.sent.some((one) => one.command === LIST || one.command === CURSOR)).toBe(false);
  });

  it("says once why the list failed before the page asked for it, and asks again", async () => {
    const { opening, peer } = await live();
    peer.answerTo(LIST, { code: "UNAVAILABLE", message: "later" }, 503);
    await settled();
    const { loads, store } = opening.events;
    await expect(loads.span(SCOPE, SPAN)).rejects.toMatchObject({ status: 503 });
    const loaded = loads.span(SCOPE, SPAN);
    peer.answerTo(LIST, { rows: [], count: 0 });
    await loaded;
    expect(isCovered(store.get(), SCOPE, SPAN)).toBe(true);
  });

  it("asks again for a list that ended with its connection", async () => {
    const { opening, peer } = await live();
    peer.close();
    await vi.advanceTimersByTimeAsync(300);
    const next = Peer.all.at(-1)!;
    next.accept();
    const loaded = opening.events.loads.span(SCOPE, SPAN);
    next.answerTo(LIST, { rows: [], count: 0 });
    await loaded;
    expect(isCovered(opening.events.store.get(), SCOPE, SPAN)).toBe(true);
  });

  it("names managers and the server's zone as soon as they are there", async () => {
    const { opening, peer } = await begun();
    let answers = 0;
    opening.directory.watch(() => answers++);
    peer.answerTo("MngGetCalendarDirectory", { managers: [], desks: [{ code: "DESK_A" }] });
    await settled();
    expect(opening.directory.get().desks).toHaveLength(1);
    expect(answers).toBe(1);
  });
});

describe("a list of several managers", () => {
  it("comes into the store by and by, the last with the range", async () => {
    const { opening, peer } = await live();
    const { loads, store } = opening.events;
    const scope = JSON.stringify(["", "*", [1, 2]]);
    const sizes: [number, boolean][] = [];
    store.subscribe(() => sizes.push([store.get().known.size, isCovered(store.get(), scope, SPAN)]));
    const loaded = loads.span(scope, SPAN);
    const [first, second] = peer.sent.slice(-2);
    expect([first?.data?.manager_id, second?.data?.manager_id]).toEqual([1, 2]);
    peer.push({ extID: first?.extID, status: 200, data: { rows: [makeRow({ id: 3 })], count: 1 } });
    peer.push({ extID: second?.extID, status: 200, data: { rows: [makeRow({ id: 4 })], count: 1 } });
    await loaded;
    expect(sizes).toEqual([[1, false], [2, true]]);
  });
});
