// Whether and how an event repeats: a choice, its details, the rule in words, and the next dates.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { eventZone } from "../calendar-event";
import type { Fields } from "../event-fields";
import { movedEnd } from "../moving";
import { datesOfRule, parseRule, ruleText, type Rule } from "../recurrence";
import { chosenLabel, fitsForm, kindByDays, kindLabel, kindOf, KINDS, ruleOfKind, ruleWords, type Kind } from "../rule-words";
import { dateIn, momentOf, wallOf } from "../time/clock";
import { dayNumber, daysBetween } from "../time/dates";
import { dateText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { SeriesRow } from "../wire";
import { Icon } from "./icon";
import { RuleForm } from "./rule-form";

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

/** How a rule is shown: as the choice that it is, as days of the week, as another rule in the form, or as its text. */
type Shown = "choice" | "days" | "form" | "text";

export function RepeatField({ fields, saved, api, onChange }: Props) {
  const series = useSeries(api, saved);
  const [shown, setShown] = useState<Shown>("choice");
  const kept = series?.rrule ?? "";
  const text = fields.rrule ?? kept;
  const zone = eventZone(fields);
  const date = dateIn(fields.start_time, zone);
  const unchanged = fields.rrule === undefined ? series : null;
  const first = unchanged ? dateIn(unchanged.start_time, unchanged.timezone) : date;
  const kind = shown === "choice" ? kindOf(text) : shown === "days" ? kindByDays(text) : "custom";
  const rule = text ? parseRule(text) : null;
  const isText = kind === "custom" && (shown === "text" || !rule || !fitsForm(rule));
  const set = (rrule: string) =>
    onChange({ rrule: rrule === kept ? undefined : rrule, ...(rrule && fields.remind_time > 0 && { remind_time: 0, remind_before_sec: REMIND_SEC }) });
  const weekly = ruleText(ruleOfKind("weekly", date));
  const choose = (wanted: Kind) => {
    setShown(wanted === "custom" ? "form" : wanted === "weekly" ? "days" : "choice");
    if (wanted === "none") set("");
    else if (wanted === "custom") set(text || weekly);
    else set(ruleText(ruleOfKind(wanted, date)));
  };
  const changeParts = (next: Rule) => {
    if (kind === "weekly") setShown("days");
    set(ruleText(next));
  };
  const write = (rrule: string) => {
    setShown("text");
    set(rrule);
  };
  const chooseInForm = () => {
    setShown("form");
    if (!rule || !fitsForm(rule)) set(weekly);
  };
  return (
    <fieldset className="field repeat">
      <label className="field">
        <span className="label">Repeat</span>
        <select className="input" value={kind} onChange={(event) => choose(event.target.value as Kind)}>
          {KINDS.map((one) => <option key={one} value={one}>{rule && one === kind && one !== "custom" ? chosenLabel(rule, kind, first) : kindLabel(one, date)}</option>)}
        </select>
      </label>
      {isText && (
        <label className="field">
          <span className="label">Rule (RFC 5545)</span>
          <input className="input mono" spellCheck={false} aria-invalid={!rule} value={text} onChange={(event) => write(event.target.value.toUpperCase())} />
        </label>
      )}
      {rule && !isText && <RuleForm rule={rule} kind={kind} date={date} onChange={changeParts} />}
      {kind === "custom" && (
        <button type="button" className="text-button" onClick={() => (isText ? chooseInForm() : setShown("text"))}>
          {isText ? "Choose it in the form" : "Write it as text"}
        </button>
      )}
      {rule && (
        <Preview rule={rule} date={date} first={first} zone={zone} fields={fields} series={unchanged} onChange={onChange} />
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

interface PreviewProps {
  rule: Rule;
  date: string;
  /** Date of the occurrence from which the rule counts. */
  first: string;
  zone: string;
  fields: Fields;
  /** Where the rule is as it was. */
  series: SeriesRow | null;
  onChange: (changes: Partial<Fields>) => void;
}

function Preview({ rule, date, first, zone, fields, series, onChange }: PreviewProps) {
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
