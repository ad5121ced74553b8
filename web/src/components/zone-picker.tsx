// The time zone that everything is shown in, and its offset on the date that is shown.

import { useMemo } from "react";
import { allZones, browserZone, cityOf, zoneText } from "../time/canonical";
import { secondsOf } from "../time/clock";
import { offsetText } from "../time/formats";
import { Icon } from "./icon";

interface Props {
  zone: string;
  /** The date that is shown. */
  day: string;
  onChange: (zone: string) => void;
}

export function ZonePicker({ zone, day, onChange }: Props) {
  const own = browserZone();
  const zones = useMemo(() => allZones().filter((name) => name !== own), [own]);
  return (
    <label className="zone" title={`Time zone: ${zoneText(zone)}`}>
      <Icon name="globe" />
      <span className="zone-name" aria-hidden="true">
        {cityOf(zone)} <small>{offsetText(secondsOf(day, "12:00", zone), zone)}</small>
      </span>
      <select aria-label="Time zone" value={zone} onChange={(event) => onChange(event.target.value)}>
        <option value={own}>{zoneText(own)} (this browser)</option>
        {zone !== own && !zones.includes(zone) && <option value={zone}>{zoneText(zone)}</option>}
        {zones.map((name) => (
          <option key={name} value={name}>{zoneText(name)}</option>
        ))}
      </select>
    </label>
  );
}
