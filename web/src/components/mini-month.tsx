// A small month to jump by: one tab stop, with arrows within.

import { useRef, useState } from "react";
import { dateIn } from "../time/clock";
import { addDays, addMonths, datesFrom, startOfMonth, startOfWeek } from "../time/dates";
import { dateText } from "../time/formats";
import { Icon } from "./icon";

interface Props {
  day: string;
  zone: string;
  /** Unix seconds. */
  now: number;
  weekStart: number;
  onPick: (day: string) => void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function MiniMonth({ day, zone, now, weekStart, onPick }: Props) {
  const [turned, setTurned] = useState({ day, month: "", focus: "" });
  const isTurned = turned.day === day && turned.month !== "";
  const month = isTurned ? turned.month : startOfMonth(day);
  const focus = isTurned && turned.focus ? turned.focus : month === startOfMonth(day) ? day : month;
  const grid = useRef<HTMLDivElement>(null);
  const today = dateIn(now, zone);
  const days = datesFrom(startOfWeek(month, weekStart), 42);
  const turn = (months: number) => setTurned({ day, month: addMonths(month, months), focus: "" });
  const goTo = (date: string) => {
    setTurned({ day, month: startOfMonth(date), focus: date });
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-date="${date}"]`)?.focus());
  };
  const onKey = (event: React.KeyboardEvent) => {
    const step = STEPS[event.key];
    const next = step ? addDays(focus, step) : event.key === "PageUp" ? addMonths(focus, -1) : event.key === "PageDown" ? addMonths(focus, 1) : "";
    if (!next) return;
    event.preventDefault();
    goTo(next);
  };
  return (
    <section className="mini" aria-label="Jump to a day">
      <div className="mini-head">
        <span aria-live="polite">{dateText(month, "month")}</span>
        <button type="button" className="icon-button small" aria-label="Previous month" onClick={() => turn(-1)}>
          <Icon name="left" size={14} />
        </button>
        <button type="button" className="icon-button small" aria-label="Next month" onClick={() => turn(1)}>
          <Icon name="right" size={14} />
        </button>
      </div>
      <div ref={grid} className="mini-grid" onKeyDown={onKey}>
        {days.slice(0, 7).map((date) => (
          <span key={date} className="mini-weekday" aria-hidden="true">
            {dateText(date, "narrowWeekday")}
          </span>
        ))}
        {days.map((date) => (
          <button
            key={date}
            type="button"
            className="mini-day"
            data-date={date}
            data-off={date.slice(0, 7) !== month.slice(0, 7)}
            data-today={date === today}
            tabIndex={date === focus ? 0 : -1}
            aria-current={date === day ? "date" : undefined}
            aria-label={dateText(date, "longDay")}
            onClick={() => onPick(date)}
          >
            {Number(date.slice(8))}
          </button>
        ))}
      </div>
    </section>
  );
}
