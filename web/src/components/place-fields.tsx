// Where an event takes place and whether it makes people busy; of calls also the customer's zone and the pool.

import { useMemo } from "react";
import type { Fields } from "../event-fields";
import { isUsuallyFree, POOL_CHOICES, poolText, showAsText } from "../event-words";
import { allZones, zoneText } from "../time/canonical";
import { isCall } from "../work-list";

interface Props {
  fields: Fields;
  onChange: (changes: Partial<Fields>) => void;
}

export function PlaceFields({ fields, onChange }: Props) {
  const usual = isUsuallyFree(fields) ? "Free" : "Busy";
  return (
    <div className="moment">
      <label className="field">
        <span className="label">Location</span>
        <input className="input" maxLength={500} placeholder="Room, address or link" value={fields.location ?? ""} onChange={(event) => onChange({ location: event.target.value })} />
      </label>
      <label className="field">
        <span className="label">Show as</span>
        <select className="input" value={fields.show_as ?? ""} onChange={(event) => onChange({ show_as: event.target.value === "" ? null : Number(event.target.value) })}>
          <option value="">{usual} (usual)</option>
          {[0, 1].map((value) => (
            <option key={value} value={value}>{showAsText(value)}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Of calls and follow-ups, and where one of them is set. */
export function CallFields({ fields, onChange }: Props) {
  const { desk, customer_timezone, pool_after_sec } = fields;
  const hasZone = isCall(fields) || Boolean(customer_timezone);
  const hasPool = (isCall(fields) && desk !== "") || Boolean(pool_after_sec);
  if (!hasZone && !hasPool) return null;
  return (
    <div className="pair">
      {hasZone && <ZoneField zone={customer_timezone ?? ""} onChange={(zone) => onChange({ customer_timezone: zone })} />}
      {hasPool && <PoolField seconds={pool_after_sec ?? 0} onChange={(seconds) => onChange({ pool_after_sec: seconds })} />}
    </div>
  );
}

function ZoneField({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) {
  const zones = useMemo(() => allZones(), []);
  return (
    <label className="field">
      <span className="label">Customer's zone</span>
      <select className="input" value={zone} onChange={(event) => onChange(event.target.value)}>
        <option value="">Not given</option>
        {zone && !zones.includes(zone) && <option value={zone}>{zoneText(zone)}</option>}
        {zones.map((name) => (
          <option key={name} value={name}>{zoneText(name)}</option>
        ))}
      </select>
    </label>
  );
}

function PoolField({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
  const isOther = !POOL_CHOICES.some(([choice]) => choice === seconds);
  return (
    <label className="field">
      <span className="label">Offer to the pool</span>
      <select className="input" value={seconds} onChange={(event) => onChange(Number(event.target.value))}>
        {POOL_CHOICES.map(([choice, label]) => (
          <option key={choice} value={choice}>{label}</option>
        ))}
        {isOther && <option value={seconds}>{poolText(seconds)}</option>}
      </select>
    </label>
  );
}
