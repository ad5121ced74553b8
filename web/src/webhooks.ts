// Webhooks as an administrator sees them: rows of the server, and their texts.

export interface Webhook {
  id: number;
  url: string;
  deskFilter: string;
  /** null: any. */
  brand: string | null;
  types: number[];
  reminders: number;
  state: "active" | "paused" | "disabled";
  /** Why it is not active; empty: it is, or somebody has paused it. */
  reason: string;
  created_by: number;
  /** Every change up to this one is delivered. */
  cursor: number;
}

/** One try of one message. */
export interface Delivery {
  /** Of the change; 0: a test or an escalation. */
  seq: number;
  time: number;
  /** 0: there was no answer. */
  status: number;
  took_ms: number;
  try: number;
}

export interface WebhookTest {
  delivery: Delivery;
  /** Why there was no answer. */
  reason?: string;
}

const TYPES = ["added", "updated", "deleted", "restored", "archived"];

export function isTaken({ status }: Delivery): boolean {
  return status >= 200 && status < 300;
}

/** What a webhook is sent. */
export function sendsText({ deskFilter, brand, types, reminders }: Webhook): string {
  const what = types.length === TYPES.length ? "all changes" : types.map((type) => TYPES[type]).join(", ");
  const where = deskFilter === "*" ? "" : ` of ${deskFilter}`;
  return `${what}${where}${brand ? `, brand ${brand}` : ""}${reminders ? ", reminders" : ""}`;
}

/** How the receiver has answered a try. */
export function statusText({ status }: Delivery): string {
  return status ? String(status) : "no answer";
}

/** Which change a try was of. */
export function changeText({ seq }: Delivery): string {
  return seq ? `change ${seq}` : "test or escalation";
}

export function testText(test: WebhookTest): string {
  const { delivery, reason } = test;
  if (isTaken(delivery)) return `The receiver has answered ${delivery.status} after ${delivery.took_ms} ms.`;
  return reason ? `No answer: ${reason}` : `The receiver has answered ${delivery.status}; it must answer 2xx.`;
}

/** The cursor that was typed, or null if it is none. */
export function typedCursor(text: string): number | null {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
}
