// The server's time zones, asked for once: the browser's may be older.

import { useEffect, useSyncExternalStore } from "react";
import { setServerZones, watchZones, zonesVersion, type ServerZones } from "./time/zones";
import { isRecord } from "./wire";

/** The version of the zones that are in use; another one means that every time is to be drawn again. */
export function useZones(): string {
  const version = useSyncExternalStore(watchZones, zonesVersion);
  useEffect(() => {
    if (version) return;
    const stop = new AbortController();
    fetch("/zones.json", { signal: stop.signal })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found: unknown) => isRecord(found) && setServerZones(found as unknown as ServerZones))
      .catch(() => {});
    return () => stop.abort();
  }, [version]);
  return version;
}
