// The parts of a rule that can be chosen: how often, on which days, and until when.

import { CODES, FREQUENCIES, type Frequency, type Rule } from "../recurrence";
import { monthChoices, monthChoiceOf, weekdayName, withFrequency, type Kind } from "../rule-words";
import { addDays, weekday } from "../time/dates";
import { DateInput } from "./date-input";

interface Props {
  rule: Rule;
  /** custom: the unit can be chosen, too. */
  kind: Kind;
  /** Of the event's start. */
  date: string;
  onChange: (rule: Rule) => void;
}

const UNITS = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };
const MOST = 999;

export function RuleForm({ rule, kind, date, onChange }: Props) {
  const isCustom = kind === "custom";
  const often = { rule, date, onChange };
  return (
    <>
      {isCustom && (
        <div className="pair">
          <Interval {...often} label="Every" />
          <Unit {...often} />
        </div>
      )}
      {(kind === "weekly" || (isCustom && rule.freq === "WEEKLY")) && <Weekdays {...often} />}
      {isCustom && rule.freq === "MONTHLY" && <DayOfMonth {...often} />}
      <div className="pair">
        {!isCustom && kind !== "workdays" && <Interval {...often} label={`Every … ${UNITS[rule.freq]}s`} />}
        <Ends {...often} />
        {isCustom && <End {...often} />}
      </div>
      {!isCustom && <End {...often} />}
    </>
  );
}

type PartProps = Omit<Props, "kind">;

function Interval({ rule, label, onChange }: PartProps & { label: string }) {
  return <NumberInput label={label} value={rule.interval} onChange={(interval) => onChange({ ...rule, interval })} />;
}

function Unit({ rule, date, onChange }: PartProps) {
  return (
    <label className="field">
      <span className="label">Unit</span>
      <select className="input" value={rule.freq} onChange={(event) => onChange(withFrequency(rule, event.target.value as Frequency, date))}>
        {FREQUENCIES.map((freq) => <option key={freq} value={freq}>{UNITS[freq]}{rule.interval === 1 ? "" : "s"}</option>)}
      </select>
    </label>
  );
}

function Weekdays({ rule, date, onChange }: PartProps) {
  const chosen = rule.days.length ? rule.days : [{ nth: 0, day: weekday(date) }];
  const has = (day: number) => chosen.some((one) => one.day === day);
  const toggle = (day: number) => {
    const days = has(day) ? chosen.filter((one) => one.day !== day) : [...chosen, { nth: 0, day }].sort((a, b) => a.day - b.day);
    if (days.length) onChange({ ...rule, days });
  };
  return (
    <div className="weekdays" role="group" aria-label="On these days">
      {CODES.map((code, index) => (
        <button key={code} type="button" className="chip" aria-pressed={has(index + 1)} onClick={() => toggle(index + 1)}>
          <span aria-hidden="true">{weekdayName(index + 1).slice(0, 2)}</span>
          <span className="visually-hidden">{weekdayName(index + 1)}</span>
        </button>
      ))}
    </div>
  );
}

function DayOfMonth({ rule, date, onChange }: PartProps) {
  const choices = monthChoices(rule, date);
  const choose = (words: string) => {
    const chosen = choices.find((one) => one.words === words);
    if (chosen) onChange({ ...rule, days: chosen.days, monthDays: chosen.monthDays });
  };
  return (
    <label className="field">
      <span className="label">On</span>
      <select className="input" value={monthChoiceOf(rule, date).words} onChange={(event) => choose(event.target.value)}>
        {choices.map(({ words }) => <option key={words}>{words}</option>)}
      </select>
    </label>
  );
}

function Ends({ rule, date, onChange }: PartProps) {
  const end = rule.count ? "count" : rule.until ? "until" : "never";
  const choose = (wanted: string) => onChange({ ...rule, count: wanted === "count" ? 10 : 0, until: wanted === "until" ? addDays(date, 90) : "" });
  return (
    <label className="field">
      <span className="label">Ends</span>
      <select className="input" value={end} onChange={(event) => choose(event.target.value)}>
        <option value="never">Never</option>
        <option value="until">On a date</option>
        <option value="count">After some times</option>
      </select>
    </label>
  );
}

function End({ rule, onChange }: PartProps) {
  if (rule.until) return <DateInput label="Last day" value={rule.until} onChange={(until) => until && onChange({ ...rule, until })} />;
  if (!rule.count) return null;
  return <NumberInput label="Times" value={rule.count} onChange={(count) => onChange({ ...rule, count })} />;
}

function NumberInput({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input className="input" type="number" min={1} max={MOST} value={value} onChange={(event) => onChange(within(event.target.value))} />
    </label>
  );
}

function within(text: string): number {
  return Math.max(1, Math.min(MOST, Math.floor(Number(text)) || 1));
}
