// Fields for a date and a time. The browser writes them in its own form; ours stands over it, as set in the settings.

import { dateText, isTwelveHours } from "../time/formats";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function DateInput({ label, value, onChange }: Props) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <DateField label={label} value={value} onChange={onChange} />
    </label>
  );
}

/** Without a visible label. */
export function DateField({ label, value, onChange }: Props) {
  return (
    <span className="dated">
      <input className="input" type="date" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />
      <span className="dated-text" aria-hidden="true">{value ? dateText(value, "full") : ""}</span>
    </span>
  );
}

export function TimeInput({ label, value, onChange }: Props) {
  const text = isTwelveHours() ? twelve(value) : value;
  return (
    <span className="dated">
      <input className="input" type="time" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />
      <span className="dated-text" aria-hidden="true">{text}</span>
    </span>
  );
}

function twelve(value: string): string {
  const [hours = NaN, minutes = ""] = value.split(":").map((part, index) => (index ? part : Number(part))) as [number, string];
  if (Number.isNaN(hours)) return "";
  return `${hours % 12 || 12}:${minutes} ${hours < 12 ? "am" : "pm"}`;
}
