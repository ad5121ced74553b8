// The server's time zones, asked for once: the browser's may be older.

import { setServerZones, zonesVersion, type ServerZones } from "./time/zones";
import { isRecord } from "./wire";

let isAsking = false;

/** Asks for them, unless they are known or being asked for. Where that fails, the browser's zones hold. */
export function askZones(): void {
  if (isAsking || zonesVersion()) return;
  isAsking = true;
  fetch("/zones.json")
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((found: unknown) => isRecord(found) && setServerZones(found as unknown as ServerZones))
    .catch(() => {})
    .finally(() => (isAsking = false));
}
