// Who is signed in: the token, and what it says. It is checked by the server, only read here.

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

export function keepSession(session: Session): void {
  sessionStorage.setItem(KEY, session.token);
}

export function forgetSession(): void {
  sessionStorage.clear();
}
