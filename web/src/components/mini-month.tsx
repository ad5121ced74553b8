// A small month to jump by.

import { DateTime } from "luxon";
import { useState } from "react";
import { dateIn, nowSeconds } from "../calendar-event";
import { Icon } from "./icon";

const WEEKDAYS = ["M", "T", "W", "T", "F", "S", "S"];

export function MiniMonth({ day, zone, onPick }: { day: string; zone: string; onPick: (day: string) => void }) {
  const [turned, setTurned] = useState({ day, month: "" });
  const month = turned.day === day && turned.month ? turned.month : day.slice(0, 7);
  const first = DateTime.fromISO(`${month}-01`, { zone: "utc" });
  const start = first.startOf("week");
  const today = dateIn(nowSeconds(), zone);
  const turn = (months: number) => setTurned({ day, month: first.plus({ months }).toFormat("yyyy-MM") });
  const days = Array.from({ length: 42 }, (_, index) => start.plus({ days: index }));
  return (
    <section className="mini" aria-label="Jump to a day">
      <div className="mini-head">
        <span aria-live="polite">{first.toFormat("LLLL yyyy")}</span>
        <button type="button" className="icon-button small" aria-label="Previous month" onClick={() => turn(-1)}>
          <Icon name="left" size={14} />
        </button>
        <button type="button" className="icon-button small" aria-label="Next month" onClick={() => turn(1)}>
          <Icon name="right" size={14} />
        </button>
      </div>
      <div className="mini-grid">
        {WEEKDAYS.map((name, index) => (
          <span key={index} className="mini-weekday" aria-hidden="true">
            {name}
          </span>
        ))}
        {days.map((at) => {
          const iso = at.toISODate() ?? "";
          return (
            <button
              key={iso}
              type="button"
              className="mini-day"
              data-off={at.month !== first.month}
              data-today={iso === today}
              aria-current={iso === day ? "date" : undefined}
              aria-label={at.toFormat("d LLLL yyyy")}
              onClick={() => onPick(iso)}
            >
              {at.day}
            </button>
          );
        })}
      </div>
    </section>
  );
}
