// The WebSocket: calls and their answers, pushed messages, and connecting again when it breaks.

import type { ErrorCode, EventRow } from "./types.gen";
import { isRecord, ServerError } from "./wire";

export type ConnectionState = "connecting" | "open" | "lost" | "refused";

interface Call {
  resolve: (data: unknown) => void;
  reject: (error: ServerError) => void;
}

const FIRST_DELAY_MS = 300;
const LONGEST_DELAY_MS = 8000;
const CALL_TIMEOUT_MS = 30_000;
const BEAT_MS = 15_000;
/** A timer stands still while the computer sleeps: the clock is read so often, and when the page is seen again. */
const CLOCK_MS = 1000;
/** After the end it is asked as often, as clocks differ a little. */
const MOST_OFF_MS = 60_000;

export class Connection {
  private state: ConnectionState = "connecting";
  private watchers = new Set<() => void>();
  private openers: (() => void)[] = [];
  private socket: WebSocket | null = null;
  private calls = new Map<string, Call>();
  private listeners = new Set<(message: unknown) => void>();
  private lastId = 0;
  private failures = 0;
  private retry: number | undefined;
  private beat: number | undefined;
  private clock: number | undefined;
  private closed = false;

  /** `expires`: Unix seconds of the token's end; null: not known. */
  constructor(
    private readonly address: string,
    readonly token: string,
    private readonly expires: number | null = null,
  ) {}

  readonly getState = (): ConnectionState => this.state;

  /** Calls `act` at each connection, as soon as calls can be sent: behind the token, before its answer. */
  readonly atSocket = (act: () => void): void => void this.openers.push(act);

  /** Calls `watcher` at each change of the state, until the function returned is called. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /** Calls `listener` with each message that answers no call, until the function returned is called. */
  listen(listener: (message: unknown) => void, atEnd: () => void = () => {}): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      atEnd();
    };
  }

  /** Connects, and keeps doing so until `close`. Nothing, where it does so already. */
  open(): void {
    this.closed = false;
    if (this.socket) return;
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ authorization: this.token }));
      void this.check();
      for (const act of this.openers) act();
    };
    socket.onmessage = (message) => this.take(String(message.data));
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
  }

  /** Asks the server about the token once its time is over; by a clock that is fast, again and again until it is refused. */
  readonly readClock = (): void => {
    clearTimeout(this.clock);
    if (this.expires === null || this.closed) return;
    const left = this.expires * 1000 - Date.now();
    this.clock = window.setTimeout(this.readClock, left > 0 ? Math.min(left, CLOCK_MS) : left > -MOST_OFF_MS ? CLOCK_MS : BEAT_MS);
    if (left <= 0 && this.state === "open") void this.ping();
  };

  /** Ends it for good. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    clearTimeout(this.clock);
    clearInterval(this.beat);
    this.socket?.close();
    this.socket = null;
  }

  /** Tries at once instead of at the end of the delay. */
  retryNow(): void {
    if (this.state !== "lost" || this.socket) return;
    clearTimeout(this.retry);
    this.open();
  }

  /** The `data` of the answer. Rejects with a ServerError. */
  call<Answer>(command: string, data: object): Promise<Answer> {
    const socket = this.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new ServerError(503, "DISCONNECTED", "There is no connection to the server."));
    }
    const extID = String(++this.lastId);
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.calls.delete(extID);
        reject(new ServerError(504, "TIMEOUT", "The server did not answer in time."));
      }, CALL_TIMEOUT_MS);
      this.calls.set(extID, {
        resolve: (answer) => (clearTimeout(timer), resolve(answer as Answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      });
      socket.send(JSON.stringify({ command, extID, data }));
    });
  }

  private async check(): Promise<void> {
    try {
      await this.call("Subscribe", { chanels: [] });
      this.failures = 0;
      this.become("open");
      clearInterval(this.beat);
      this.beat = window.setInterval(() => void this.ping(), BEAT_MS);
      this.readClock();
    } catch (error) {
      this.fail(error);
    }
  }

  private async ping(): Promise<void> {
    await this.call("Ping", {}).catch((error: unknown) => this.fail(error));
  }

  private fail(error: unknown): void {
    if (error instanceof ServerError && error.status === 401) {
      this.close();
      this.become("refused");
    } else {
      this.socket?.close();
    }
  }

  private take(text: string): void {
    if (!text.trim()) return;
    const message: unknown = JSON.parse(text);
    if (!isRecord(message) || "event" in message || !("extID" in message)) {
      for (const listener of this.listeners) listener(message);
      return;
    }
    const call = this.calls.get(String(message.extID));
    if (!call) return;
    this.calls.delete(String(message.extID));
    if (message.status === 200) call.resolve(message.data);
    else call.reject(failureOf(message));
  }

  private lose(): void {
    this.socket = null;
    clearInterval(this.beat);
    const gone = [...this.calls.values()];
    this.calls.clear();
    for (const call of gone) {
      call.reject(new ServerError(503, "DISCONNECTED", "The connection broke before the answer came."));
    }
    if (this.closed) return;
    this.become("lost");
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.failures++);
    this.retry = window.setTimeout(() => this.open(), delay * (0.7 + Math.random() * 0.3));
  }

  private become(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

function failureOf(message: Record<string, unknown>): ServerError {
  const error = isRecord(message.error) ? message.error : {};
  return new ServerError(
    Number(message.status),
    (error.code as ErrorCode | undefined) ?? "INTERNAL",
    String(error.message ?? "The server refused."),
    typeof error.field === "string" ? error.field : null,
    isRecord(error.event) ? (error.event as unknown as EventRow) : null,
  );
}
