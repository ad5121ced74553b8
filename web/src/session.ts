// Who is signed in: the token, and what it says. It is checked by the server, only read here.

import { SessionType } from "./types.gen";
import { isRecord } from "./wire";

export interface Session {
  token: string;
  id: number;
  type: number;
  name: string;
  desks: string;
  brands: string;
  exp: number;
}

const KEY = "deskcal.token";

/** What a token says, or null if it is none. */
export function readToken(token: string): Session | null {
  try {
    const part = token.trim().split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isRecord(claims) || typeof claims.id !== "number" || typeof claims.exp !== "number") return null;
    const text = (value: unknown, usual: string) => (typeof value === "string" ? value : usual);
    return {
      token: token.trim(),
      id: claims.id,
      type: Number(claims.type),
      name: text(claims.name, ""),
      desks: text(claims.desks, "*"),
      brands: text(claims.brands, "*"),
      exp: claims.exp,
    };
  } catch {
    return null;
  }
}

/** The session of the address's fragment, which is then taken out of it, or of this tab. */
export function arrivingSession(): Session | null {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    sessionStorage.setItem(KEY, given);
  }
  return readToken(sessionStorage.getItem(KEY) ?? "");
}

/** Session types that may use calendar commands. Source: contract, section 3. */
const USABLE: number[] = [
  SessionType.SESSION_MANAGER, SessionType.SESSION_DEALER, SessionType.SESSION_ADMIN, SessionType.SESSION_CRM_MANAGER, SessionType.SESSION_CRM_ADMIN,
];

/** Why this session can't use the calendar, in words; empty: it can. */
export function sessionProblem({ type }: Session): string {
  if (USABLE.includes(type)) return "";
  const name = Object.entries(SessionType).find(([, value]) => value === type)?.[0] ?? `type ${type}`;
  return `This token is of a ${name}, which has no rights in the calendar. Ask for one of a manager.`;
}

const ADMINS: number[] = [SessionType.SESSION_ADMIN, SessionType.SESSION_CRM_ADMIN];

/** Whether the session is an administrator's. */
export function isAdmin({ type }: Session): boolean {
  return ADMINS.includes(type);
}

export function keepSession(session: Session): void {
  sessionStorage.setItem(KEY, session.token);
}

/** Forgets the token in this tab, as the server takes it no more; what was typed waits for the next one of that manager. */
export function endSession(): void {
  sessionStorage.removeItem(KEY);
}

/** Forgets it in this tab; drafts and reminders too. */
export function forgetSession(): void {
  sessionStorage.clear();
}

const CHANNEL = "deskcal.session";

/** Hands the token to new tabs of this browser that ask; it is never stored outside of a tab. Ends by the function returned. */
export function shareSession({ token }: Session): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isRecord(data) && data.ask === "token") channel.postMessage({ token });
  };
  return () => channel.close();
}

/** Asks other tabs for their session; `take` is called at the first answer that is still good. */
export function askTabs(take: (session: Session) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const session = isRecord(data) && typeof data.token === "string" ? readToken(data.token) : null;
    if (!session || session.exp * 1000 <= Date.now()) return;
    channel.close();
    take(session);
  };
  channel.postMessage({ ask: "token" });
  return () => channel.close();
}
