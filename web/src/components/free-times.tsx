// The earliest times at which all can meet, to pick from; if there is none, those with the fewest busy.

import { useId, useState } from "react";
import type { Api } from "../api";
import { dayText, grouped, hoursProblem, hoursText, USUAL_HOURS, WEEKDAYS, type Hours } from "../busy";
import { clockText } from "../time/formats";
import type { Directory } from "../use-directory";
import { useSlots } from "../use-busy";
import type { Slot } from "../wire";
import { TimeInput } from "./date-input";
import { Icon } from "./icon";

interface Props {
  api: Api;
  managers: number[];
  lengthSec: number;
  date: string;
  /** Start of the time that is chosen now. */
  chosen: number;
  zone: string;
  /** The event that is moved, which makes nobody busy; null: a new one. */
  excluded: number | null;
  directory: Directory;
  onPick: (slot: Slot) => void;
}

export function FreeTimes({ api, managers, lengthSec, date, chosen, zone, excluded, directory, onPick }: Props) {
  const [hours, setHours] = useState(keptHours);
  const [isOpen, setIsOpen] = useState(false);
  const heading = useId();
  const { answer, failure, isCurrent } = useSlots(api, { managers, lengthSec, date, hours, zone, excluded });
  const problem = hoursProblem(hours);
  const slots = problem || !managers.length ? [] : (answer?.slots ?? []);
  const change = (changes: Partial<Hours>) => {
    const changed = { ...hours, ...changes };
    setHours(changed);
    if (!hoursProblem(changed)) localStorage.setItem(KEY, JSON.stringify(changed));
  };
  return (
    <section className="free-times" aria-labelledby={heading}>
      <div className="free-head">
        <h3 className="label" id={heading}>Free times</h3>
        <button type="button" className="text-button" aria-expanded={isOpen || problem !== ""} aria-label={`Working hours: ${hoursText(hours)}`}
          onClick={() => setIsOpen(!isOpen)}>
          {hoursText(hours)} <Icon name="down" size={12} />
        </button>
      </div>
      {(isOpen || problem) && <HoursFields hours={hours} onChange={change} />}
      {problem && <p className="hint">{problem}</p>}
      {failure && isCurrent && <p className="hint">Free times are not known now. {failure}</p>}
      {answer && isCurrent && !slots.length && !problem && managers.length > 0 && (
        <p className="hint">Nothing of this length fits into these hours in the next two weeks.</p>
      )}
      {slots[0]?.busy.length ? <p className="hint">There is no time at which all are free. The fewest are busy:</p> : null}
      <ul className="free-days" aria-busy={!isCurrent}>
        {grouped(slots, zone).map(({ date: day, busy, slots: times }, index) => (
          <li key={`${day},${busy.join()}`} className="free-day" data-busy={busy.length > 0}>
            <div className="free-date" id={`${heading}${index}`}>
              {dayText(day)}
              {busy.length > 0 && <span className="busy"> {namesOf(busy, directory)} busy</span>}
            </div>
            <div className="chips" role="group" aria-labelledby={`${heading}${index}`}>
              {times.map((slot) => (
                <button key={slot.start_time} type="button" className="chip" aria-pressed={slot.start_time === chosen} onClick={() => onPick(slot)}>
                  {clockText(slot.start_time, zone)}
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface HoursProps {
  hours: Hours;
  onChange: (changes: Partial<Hours>) => void;
}

function HoursFields({ hours, onChange }: HoursProps) {
  const toggle = (day: number) =>
    onChange({ weekdays: hours.weekdays.includes(day) ? hours.weekdays.filter((one) => one !== day) : [...hours.weekdays, day].sort() });
  return (
    <div className="hours" role="group" aria-label="Working hours">
      <TimeInput label="Working hours begin" value={hours.start} onChange={(start) => onChange({ start })} />
      <span aria-hidden="true">–</span>
      <TimeInput label="Working hours end" value={hours.end} onChange={(end) => onChange({ end })} />
      <div className="chips">
        {WEEKDAYS.map((name, index) => (
          <button key={name} type="button" className="chip" aria-pressed={hours.weekdays.includes(index + 1)} onClick={() => toggle(index + 1)}>
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}

const LIST = new Intl.ListFormat("en-GB");

/** "Ada, Bo and Cy", or "Ada, Bo and 3 more". */
export function namesOf(managers: number[], directory: Directory): string {
  const shown = managers.length > 3 ? 2 : 3;
  const names = managers.slice(0, shown).map((id) => directory.person(id).name);
  return LIST.format(managers.length > shown ? [...names, `${managers.length - shown} more`] : names);
}

const KEY = "deskcal.hours";

function keptHours(): Hours {
  try {
    const kept = { ...USUAL_HOURS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Hours>) };
    return hoursProblem(kept) ? USUAL_HOURS : kept;
  } catch {
    return USUAL_HOURS;
  }
}
