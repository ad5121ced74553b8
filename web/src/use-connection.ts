// One connection for as long as somebody is signed in.

import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Api } from "./api";
import type { Connection, ConnectionState } from "./connection";
import type { AskedDirectory } from "./directory-answer";
import { opening } from "./first";
import type { LiveEvents } from "./live-events";
import { Opening } from "./opening";
import type { Session } from "./session";

export interface Link {
  connection: Connection;
  api: Api;
  directory: AskedDirectory;
  events: LiveEvents;
  state: ConnectionState;
}

/** Opened before the page was drawn; null: it was taken, or there was no session then. */
let first = opening;

export function useConnection({ token, id }: Session): Link {
  const { connection, api, directory, events } = useMemo(() => (first?.connection.token === token ? first : new Opening(token, id)), [token, id]);
  const state = useSyncExternalStore(connection.watch, connection.getState);
  useEffect(() => {
    connection.open();
    const retry = () => connection.retryNow();
    window.addEventListener("online", retry);
    document.addEventListener("visibilitychange", connection.readClock);
    return () => {
      window.removeEventListener("online", retry);
      document.removeEventListener("visibilitychange", connection.readClock);
      connection.close();
      if (first?.connection === connection) first = null;
    };
  }, [connection]);
  return { connection, api, directory, events, state };
}
