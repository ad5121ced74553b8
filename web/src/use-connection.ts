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

export function useConnection(session: Session): Link {
  const connection = useMemo(() => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return new Connection(`${scheme}://${location.host}/ws`, session.token);
  }, [session.token]);
  const api = useMemo(() => new Api(connection), [connection]);
  const state = useSyncExternalStore(connection.watch, connection.getState);
  useEffect(() => {
    connection.open();
    const retry = () => connection.retryNow();
    window.addEventListener("online", retry);
    return () => {
      window.removeEventListener("online", retry);
      connection.close();
    };
  }, [connection]);
  return { connection, api, state };
}
