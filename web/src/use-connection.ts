// One connection for as long as somebody is signed in.

import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Api } from "./api";
import { Connection, type ConnectionState } from "./connection";
import type { Session } from "./session";

export interface Link {
  connection: Connection;
  api: Api;
  state: ConnectionState;
}

/** Opened before the page was drawn; null: it is closed, or there was no session then. */
let first: Connection | null = null;

/** Begins to connect while the page is drawn for the first time. */
export function connectFirst(session: Session): void {
  first = connectionOf(session.token);
  first.open();
}

function connectionOf(token: string): Connection {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new Connection(`${scheme}://${location.host}/ws`, token);
}

export function useConnection(session: Session): Link {
  const connection = useMemo(() => (first?.token === session.token ? first : connectionOf(session.token)), [session.token]);
  const api = useMemo(() => new Api(connection), [connection]);
  const state = useSyncExternalStore(connection.watch, connection.getState);
  useEffect(() => {
    connection.open();
    const retry = () => connection.retryNow();
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      connection.close();
      if (first === connection) first = null;
    };
  }, [connection]);
  return { connection, api, state };
}
