// The server's time zones, as soon as they are there.

import { useEffect, useSyncExternalStore } from "react";
import { watchZones, zonesVersion } from "./time/zones";
import { askZones } from "./zones-request";

/** The version of the zones that are in use; another one means that every time is to be drawn again. */
export function useZones(): string {
  const version = useSyncExternalStore(watchZones, zonesVersion);
  useEffect(askZones, []);
  return version;
}
