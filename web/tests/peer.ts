// The other end of a WebSocket, driven by a test.

export interface Sent {
  authorization?: string;
  command?: string;
  extID?: string;
  data?: Record<string, unknown>;
}

/** The other end of a WebSocket. */
export class Peer {
  static readonly OPEN = 1;
  static all: Peer[] = [];
  readyState = 0;
  sent: Sent[] = [];
  onopen: () => void = () => {};
  onmessage: (message: { data: string }) => void = () => {};
  onclose: () => void = () => {};

  constructor(readonly address: string) {
    Peer.all.push(this);
  }

  accept(): void {
    this.readyState = 1;
    this.onopen();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }

  push(message: unknown): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  /** Answers the last message that was sent. */
  answer(status: number, data: object): void {
    this.push({ extID: this.sent.at(-1)?.extID, status, ...(status === 200 ? { data } : { error: data }) });
  }

  /** What was asked for last by that command. */
  asked(command: string): Sent {
    const found = this.sent.findLast((one) => one.command === command);
    if (!found) throw new Error(`${command} was not sent`);
    return found;
  }

  /** Answers what was asked for last by that command. */
  answerTo(command: string, data: object, status = 200): void {
    this.push({ extID: this.asked(command).extID, status, ...(status === 200 ? { data } : { error: data }) });
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose();
  }
}
