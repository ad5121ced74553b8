// When an event is: dates, or dates and times by the clock of the page's zone.

import { allDayDates, allDayTimes, eventZone } from "../calendar-event";
import type { Fields } from "../event-fields";
import { movedEnd } from "../moving";
import { movedReminder } from "../reminder-choice";
import { zoneText } from "../time/canonical";
import { dateIn, secondsOf, timeIn } from "../time/clock";
import { offsetText } from "../time/formats";
import type { EventRow } from "../types.gen";
import { DateInput, TimeInput } from "./date-input";

const HOUR_SEC = 3600;

interface TimeProps {
  fields: Fields;
  zone: string;
  onChange: (changes: Partial<Fields>) => void;
}

export function TimeFields({ fields, zone, onChange }: TimeProps) {
  const isWhole = fields.all_day === 1;
  const set = (start_time: number, end_time: number) =>
    onChange({ start_time, end_time, ...movedReminder(fields, start_time, zone) });
  const toggle = () => {
    const date = isWhole ? allDayDates(fields as EventRow).first : dateIn(fields.start_time, zone);
    const times = isWhole
      ? { start_time: secondsOf(date, "09:00", zone), end_time: secondsOf(date, "09:00", zone) + HOUR_SEC }
      : allDayTimes(date, date, eventZone(fields));
    onChange({ ...times, all_day: isWhole ? 0 : 1, ...movedReminder(fields, times.start_time, zone) });
  };
  return (
    <fieldset className="times">
      <legend className="visually-hidden">When</legend>
      {isWhole ? <WholeDays fields={fields} onSet={set} /> : <Clock fields={fields} zone={zone} onSet={set} />}
      <label className="switch">
        <input type="checkbox" role="switch" checked={isWhole} onChange={toggle} />
        All day
        <span className="faint">{isWhole ? "on these dates in every zone" : `${zoneText(zone)} (${offsetText(fields.start_time, zone)})`}</span>
      </label>
    </fieldset>
  );
}

type SetTimes = (start_time: number, end_time: number) => void;

function WholeDays({ fields, onSet }: { fields: Fields; onSet: SetTimes }) {
  const { first, last } = allDayDates(fields as EventRow);
  const set = (from: string, to: string) => {
    if (!from || !to) return;
    const times = allDayTimes(from, to < from ? from : to, eventZone(fields));
    onSet(times.start_time, times.end_time);
  };
  return (
    <div className="pair">
      <DateInput label="From" value={first} onChange={(date) => set(date, last)} />
      <DateInput label="To" value={last} onChange={(date) => set(first, date)} />
    </div>
  );
}

function Clock({ fields, zone, onSet }: { fields: Fields; zone: string; onSet: SetTimes }) {
  const { start_time, end_time } = fields;
  const from = { date: dateIn(start_time, zone), time: timeIn(start_time, zone) };
  const to = { date: dateIn(end_time, zone), time: timeIn(end_time, zone) };
  const setStart = (date: string, time: string) => {
    const start = secondsOf(date, time, zone);
    if (!Number.isNaN(start)) onSet(start, movedEnd({ start_time, end_time }, start, zone));
  };
  const setEnd = (date: string, time: string) => {
    const end = secondsOf(date, time, zone);
    if (!Number.isNaN(end)) onSet(start_time, end);
  };
  return (
    <>
      <div className="moment">
        <DateInput label="Starts" value={from.date} onChange={(date) => setStart(date, from.time)} />
        <TimeInput label="Start time" value={from.time} onChange={(time) => setStart(from.date, time)} />
      </div>
      <div className="moment">
        <DateInput label="Ends" value={to.date} onChange={(date) => setEnd(date, to.time)} />
        <TimeInput label="End time" value={to.time} onChange={(time) => setEnd(to.date, time)} />
      </div>
    </>
  );
}
