import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "../src/connection";
import { ServerError } from "../src/wire";
import { Peer } from "./peer";

async function opened(): Promise<{ connection: Connection; peer: Peer; states: string[] }> {
  const connection = new Connection("ws://example/ws", "token");
  const states: string[] = [];
  connection.watch(() => states.push(connection.getState()));
  connection.open();
  const peer = Peer.all.at(-1)!;
  peer.accept();
  peer.answer(200, { chanels: [] });
  await vi.advanceTimersByTimeAsync(0);
  return { connection, peer, states };
}

beforeEach(() => {
  Peer.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Peer);
  vi.stubGlobal("window", globalThis);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("the token goes first, and the connection is open when a first call is answered", async () => {
  const { connection, peer, states } = await opened();
  expect(peer.sent[0]).toEqual({ authorization: "token" });
  expect(states).toEqual(["open"]);
  connection.close();
});

it("opens one socket, however often it is asked to", async () => {
  const { connection, states } = await opened();
  connection.open();
  expect(Peer.all).toHaveLength(1);
  expect(states).toEqual(["open"]);
});

describe("calls", () => {
  it("are answered by their extID, in whatever order", async () => {
    const { connection, peer } = await opened();
    const first = connection.call("MngGetCalendarEvent", { id: 1 });
    const second = connection.call("MngGetCalendarEvent", { id: 2 });
    const [a, b] = peer.sent.slice(-2);
    peer.push({ extID: b?.extID, status: 200, data: 2 });
    peer.push({ extID: a?.extID, status: 200, data: 1 });
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it("that are refused say why, with the field and the event", async () => {
    const { connection, peer } = await opened();
    const call = connection.call("MngUpdateCalendarEvent", { id: 1 });
    peer.answer(409, { code: "CONFLICT", message: "version is 2", field: "if_version", event: { id: 1 } });
    await expect(call).rejects.toMatchObject({ status: 409, code: "CONFLICT", field: "if_version", event: { id: 1 } });
  });

  it("without a connection fail at once", async () => {
    const connection = new Connection("ws://example/ws", "token");
    await expect(connection.call("Ping", {})).rejects.toBeInstanceOf(ServerError);
  });

  it("without an answer fail after a while", async () => {
    const { connection } = await opened();
    const call = connection.call("MngGetCalendarEvent", { id: 1 });
    const failed = expect(call).rejects.toMatchObject({ status: 504 });
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
  });

  it("under way fail when the connection breaks", async () => {
    const { connection, peer } = await opened();
    const call = connection.call("MngGetCalendarEvent", { id: 1 });
    peer.close();
    await expect(call).rejects.toMatchObject({ code: "DISCONNECTED" });
  });
});

describe("a connection that breaks", () => {
  it("is made again, later each time", async () => {
    const { connection, peer, states } = await opened();
    peer.close();
    expect(states).toEqual(["open", "lost"]);
    await vi.advanceTimersByTimeAsync(300);
    expect(Peer.all).toHaveLength(2);
    Peer.all[1]!.close();
    await vi.advanceTimersByTimeAsync(300);
    expect(Peer.all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(300);
    expect(Peer.all).toHaveLength(3);
    connection.close();
  });

  it("is made at once when asked, and only once", async () => {
    const { connection, peer } = await opened();
    peer.close();
    connection.retryNow();
    connection.retryNow();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Peer.all).toHaveLength(2);
    connection.close();
  });

  it("stays closed when it was closed here", async () => {
    const { connection, states } = await opened();
    connection.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Peer.all).toHaveLength(1);
    expect(states).toEqual(["open"]);
  });

  it("is closed when a ping is not answered", async () => {
    const { peer, states, connection } = await opened();
    await vi.advanceTimersByTimeAsync(15_000 + 30_000);
    expect(peer.readyState).toBe(3);
    expect(states).toEqual(["open", "lost"]);
    connection.close();
  });
});

it("a refused token ends it for good", async () => {
  const connection = new Connection("ws://example/ws", "token");
  connection.open();
  const peer = Peer.all[0]!;
  peer.accept();
  peer.answer(401, { code: "UNAUTHORIZED", message: "expired" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.getState()).toBe("refused");
  expect(Peer.all).toHaveLength(1);
});

describe("a token that ends", () => {
  const TICK_MS = 1000;
  const NOW_MS = 1_800_000_000_000;

  async function openedUntil(endMs: number) {
    vi.setSystemTime(NOW_MS);
    const connection = new Connection("ws://example/ws", "token", (NOW_MS + endMs) / 1000);
    connection.open();
    const peer = Peer.all.at(-1)!;
    peer.accept();
    peer.answer(200, { chanels: [] });
    await vi.advanceTimersByTimeAsync(0);
    return { connection, peer, pings: () => peer.sent.filter((one) => one.command === "Ping").length };
  }

  it("is asked about at its end, and refused at once", async () => {
    const { connection, peer, pings } = await openedUntil(4000);
    await vi.advanceTimersByTimeAsync(3999);
    expect(pings()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(pings()).toBe(1);
    peer.answerTo("Ping", { code: "UNAUTHORIZED", message: "expired" }, 401);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([connection.getState(), Peer.all.length, pings()]).toEqual(["refused", 1, 1]);
  });

  it("while the computer slept is asked about as soon as it is awake", async () => {
    const { connection, pings } = await openedUntil(3_600_000);
    await vi.advanceTimersByTimeAsync(10);
    vi.setSystemTime(NOW_MS + 3_600_000);
    await vi.advanceTimersByTimeAsync(TICK_MS);
    expect(pings()).toBe(1);
    connection.close();
  });

  it("is asked about at once where the page is seen again", async () => {
    const { connection, pings } = await openedUntil(3_600_000);
    vi.setSystemTime(NOW_MS + 3_600_000);
    connection.readClock();
    expect(pings()).toBe(1);
    connection.close();
    connection.readClock();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("by this computer's clock alone is still good, and is asked about again", async () => {
    const { connection, peer, pings } = await openedUntil(1000);
    await vi.advanceTimersByTimeAsync(1000);
    peer.answerTo("Ping", { time: 1 });
    expect([connection.getState(), pings()]).toEqual(["open", 1]);
    await vi.advanceTimersByTimeAsync(TICK_MS);
    expect(pings()).toBe(2);
    connection.close();
  });
});

it("pushes go to every listener until it leaves, blank lines to none", async () => {
  const { connection, peer } = await opened();
  const seen: unknown[] = [];
  let ended = 0;
  const stop = connection.listen((message) => seen.push(message), () => ended++);
  peer.push({ event: "calendar:event", type: 0, seq: 1, data: { id: 1 } });
  peer.push(["n", "title"]);
  peer.onmessage({ data: "\r\n" });
  stop();
  peer.push(["n", "later"]);
  expect(seen).toHaveLength(2);
  expect(ended).toBe(1);
  connection.close();
});
