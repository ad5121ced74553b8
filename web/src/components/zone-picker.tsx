// The time zone that everything is shown in.

import { DateTime } from "luxon";
import { useMemo } from "react";
import { browserZone } from "../use-filters";
import { Icon } from "./icon";

export function zoneOffset(zone: string): string {
  const at = DateTime.now().setZone(zone);
  return `UTC${at.toFormat("ZZ")}`.replace(/:00$/, "").replace(/([+-])0/, "$1");
}

export function ZonePicker({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) {
  const own = browserZone();
  const zones = useMemo(() => {
    const all = Intl.supportedValuesOf("timeZone");
    return ["UTC", ...all].filter((name, index, list) => list.indexOf(name) === index && name !== own);
  }, [own]);
  const city = zone.split("/").pop()?.replace(/_/g, " ") ?? zone;
  return (
    <label className="zone" title={`Time zone: ${zone}`}>
      <Icon name="globe" />
      <span className="zone-name" aria-hidden="true">
        {city} <small>{zoneOffset(zone)}</small>
      </span>
      <select aria-label="Time zone" value={zone} onChange={(event) => onChange(event.target.value)}>
        <option value={own}>{own.replace(/_/g, " ")} (this browser)</option>
        {zone !== own && !zones.includes(zone) && <option value={zone}>{zone}</option>}
        {zones.map((name) => (
          <option key={name} value={name}>
            {name.replace(/_/g, " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
