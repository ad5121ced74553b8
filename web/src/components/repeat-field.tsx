// Whether and how an event repeats: a choice, its details, the rule in words, and the next dates.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { eventZone } from "../calendar-event";
import type { Fields } from "../event-fields";
import { movedEnd } from "../moving";
import { CODES, datesOfRule, parseRule, ruleText, type Rule } from "../recurrence";
import { kindLabel, kindOf, KINDS, ruleOfKind, ruleWords, weekdayName, type Kind } from "../rule-words";
import { dateIn, momentOf, wallOf } from "../time/clock";
import { addDays, dayNumber, daysBetween } from "../time/dates";
import { dateText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { SeriesRow } from "../wire";
import { DateInput } from "./date-input";
import { Icon } from "./icon";

interface Props {
  fields: Fields;
  /** The event as it is on the server; null: a new one. */
  saved: EventRow | null;
  api: Api;
  onChange: (changes: Partial<Fields>) => void;
}

const DATES_SHOWN = 5;
const DAY_SEC = 86_400;
/** A reminder at a given time can't repeat; this long before the start can. */
const REMIND_SEC = 300;

export function RepeatField({ fields, saved, api, onChange }: Props) {
  const series = useSeries(api, saved);
  const [isCustom, setIsCustom] = useState(false);
  const kept = series?.rrule ?? "";
  const text = fields.rrule ?? kept;
  const zone = eventZone(fields);
  const date = dateIn(fields.start_time, zone);
  const kind = isCustom ? "custom" : kindOf(text);
  const set = (rrule: string) =>
    onChange({ rrule: rrule === kept ? undefined : rrule, ...(rrule && fields.remind_time > 0 && { remind_time: 0, remind_before_sec: REMIND_SEC }) });
  const choose = (wanted: Kind) => {
    setIsCustom(wanted === "custom");
    if (wanted === "none") set("");
    else if (wanted === "custom") set(text || ruleText(ruleOfKind("weekly", date)));
    else set(ruleText(ruleOfKind(wanted, date)));
  };
  const rule = text ? parseRule(text) : null;
  return (
    <fieldset className="field repeat">
      <label className="field">
        <span className="label">Repeat</span>
        <select className="input" value={kind} onChange={(event) => choose(event.target.value as Kind)}>
          {KINDS.map((one) => <option key={one} value={one}>{kindLabel(one, date)}</option>)}
        </select>
      </label>
      {kind === "custom" && (
        <label className="field">
          <span className="label">Rule (RFC 5545)</span>
          <input className="input mono" spellCheck={false} aria-invalid={!rule} value={text} onChange={(event) => set(event.target.value.toUpperCase())} />
        </label>
      )}
      {rule && kind !== "custom" && <Details rule={rule} kind={kind} date={date} onChange={(next) => set(ruleText(next))} />}
      {rule && (
        <Preview rule={rule} date={date} zone={zone} fields={fields} series={fields.rrule === undefined ? series : null} onChange={onChange} />
      )}
      {text && !rule && <p className="hint" role="status">This rule can't be shown here; the server checks it.</p>}
    </fieldset>
  );
}

/** The series of an occurrence, asked for once; null: not known (yet), or the event is single. */
export function useSeries(api: Api, row: EventRow | null): SeriesRow | null {
  const [series, setSeries] = useState<SeriesRow | null>(null);
  const id = row?.id ?? 0;
  const series_id = row?.series_id ?? 0;
  useEffect(() => {
    if (!series_id) return;
    let isStale = false;
    api.series(id).then(
      (found) => !isStale && setSeries(found),
      () => {},
    );
    return () => {
      isStale = true;
    };
  }, [api, id, series_id, row?.version]);
  return series_id && series?.series_id === series_id ? series : null;
}

interface DetailsProps {
  rule: Rule;
  kind: Kind;
  date: string;
  onChange: (rule: Rule) => void;
}

const UNITS = { DAILY: "days", WEEKLY: "weeks", MONTHLY: "months", YEARLY: "years" };

function Details({ rule, kind, date, onChange }: DetailsProps) {
  const toggle = (day: number) => {
    const has = rule.days.some((one) => one.day === day);
    const days = has ? rule.days.filter((one) => one.day !== day) : [...rule.days, { nth: 0, day }].sort((a, b) => a.day - b.day);
    if (days.length) onChange({ ...rule, days });
  };
  return (
    <>
      {kind === "weekly" && (
        <div className="weekdays" role="group" aria-label="On these days">
          {CODES.map((code, index) => (
            <button key={code} type="button" className="chip" aria-pressed={rule.days.some((one) => one.day === index + 1)} onClick={() => toggle(index + 1)}>
              <span aria-hidden="true">{weekdayName(index + 1).slice(0, 2)}</span>
              <span className="visually-hidden">{weekdayName(index + 1)}</span>
            </button>
          ))}
        </div>
      )}
      <div className="pair">
        {kind !== "workdays" && (
          <label className="field">
            <span className="label">Every … {UNITS[rule.freq]}</span>
            <input className="input" type="number" min={1} max={999} value={rule.interval} onChange={(event) => onChange({ ...rule, interval: within(event.target.value, 999) })} />
          </label>
        )}
        <Ends rule={rule} date={date} onChange={onChange} />
      </div>
      {rule.until && <DateInput label="Last day" value={rule.until} onChange={(until) => until && onChange({ ...rule, until })} />}
      {rule.count > 0 && (
        <label className="field">
          <span className="label">Times</span>
          <input className="input" type="number" min={1} max={999} value={rule.count} onChange={(event) => onChange({ ...rule, count: within(event.target.value, 999) })} />
        </label>
      )}
    </>
  );
}

function Ends({ rule, date, onChange }: Omit<DetailsProps, "kind">) {
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

function within(text: string, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(Number(text)) || 1));
}

interface PreviewProps {
  rule: Rule;
  date: string;
  zone: string;
  fields: Fields;
  /** Where the rule is as it was: it counts from the first occurrence. */
  series: SeriesRow | null;
  onChange: (changes: Partial<Fields>) => void;
}

function Preview({ rule, date, zone, fields, series, onChange }: PreviewProps) {
  const first = series ? dateIn(series.start_time, series.timezone) : date;
  const wallSec = wallOf(fields.start_time, zone) - dayNumber(date) * DAY_SEC;
  const dates = datesOfRule(rule, { date: first, exdates: series?.exdates, wallSec, zone }, DATES_SHOWN, date);
  const next = dates[0];
  const startThere = () => {
    const start_time = momentOf(wallOf(fields.start_time, zone) + daysBetween(date, next ?? date) * DAY_SEC, zone);
    onChange({ start_time, end_time: movedEnd(fields, start_time, zone) });
  };
  return (
    <div className="repeat-preview" role="status">
      <p>
        <Icon name="repeat" size={14} /> {ruleWords(rule, first)}
      </p>
      {dates.length > 0 ? <p className="hint">{dates.map((one) => dateText(one, "day")).join(" · ")}</p> : <p className="error">This rule never comes.</p>}
      {next && next !== date && !series && (
        <p className="note">
          The event is on none of these days.{" "}
          <button type="button" className="text-button" onClick={startThere}>Start on {dateText(next, "day")}</button>
        </p>
      )}
    </div>
  );
}
