// The time zone that everything is shown in, and its offset on the date that is shown.

import { useEffect, useMemo, useState } from "react";
import { idleOnceSeen } from "../idle";
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
  // Hundreds of options are drawn once somebody comes to them, or nobody waits for anything else.
  const [isWhole, setIsWhole] = useState(false);
  const fill = () => setIsWhole(true);
  useEffect(() => void idleOnceSeen().then(fill), []);
  const zones = useMemo(() => (isWhole ? allZones().filter((name) => name !== own) : []), [isWhole, own]);
  const options = useMemo(() => zones.map((name) => <option key={name} value={name}>{zoneText(name)}</option>), [zones]);
  return (
    <label className="zone" title={`Time zone: ${zoneText(zone)}`}>
      <Icon name="globe" />
      <span className="zone-name" aria-hidden="true">
        {cityOf(zone)} <small>{offsetText(secondsOf(day, "12:00", zone), zone)}</small>
      </span>
      <select aria-label="Time zone" value={zone} onChange={(event) => onChange(event.target.value)} onFocus={fill} onPointerDown={fill}>
        <option value={own}>{zoneText(own)} (this browser)</option>
        {zone !== own && !zones.includes(zone) && <option value={zone}>{zoneText(zone)}</option>}
        {options}
      </select>
    </label>
  );
}
