// Reminders that are due, with done and snooze.

import { startText } from "../calendar-event";
import type { EventRow } from "../types.gen";
import type { Reminders } from "../use-reminders";
import type { Reminder } from "../wire";
import { Icon, TypeIcon } from "./icon";

interface Props {
  reminders: Reminders;
  zone: string;
  onOpen: (row: EventRow) => void;
  onComplete: (row: EventRow) => void;
}

const SNOOZES: [number, string][] = [
  [300, "5 minutes"],
  [900, "15 minutes"],
  [3600, "1 hour"],
  [86_400, "Tomorrow"],
];
const MOST_SEEN = 3;
const IS_NARROW = "(max-width: 700px)";

export function ReminderCards({ reminders, zone, onOpen, onComplete }: Props) {
  const seen = reminders.due.slice(0, window.matchMedia(IS_NARROW).matches ? 1 : MOST_SEEN);
  const rest = reminders.due.length - seen.length;
  return (
    <section className="reminders" role="region" aria-label="Reminders" aria-live="assertive">
      {seen.map((reminder) => (
        <Card key={reminder.token} reminder={reminder} zone={zone} reminders={reminders} onOpen={onOpen} onComplete={onComplete} />
      ))}
      {rest > 0 && <p className="reminders-rest">and {rest} more</p>}
    </section>
  );
}

function Card({ reminder, reminders, zone, onOpen, onComplete }: Props & { reminder: Reminder }) {
  const { row } = reminder;
  return (
    <article className="reminder">
      <span className="reminder-icon">
        <TypeIcon type={row.type} size={16} />
      </span>
      <div className="reminder-main">
        <button type="button" className="reminder-title" onClick={() => onOpen(row)}>
          {row.title}
        </button>
        <p className="hint">{startText(row, zone)}</p>
        <div className="reminder-actions">
          <button type="button" className="button small" onClick={() => reminders.done(reminder)}>
            Dismiss
          </button>
          <label className="button small select-button">
            Snooze
            <Icon name="down" size={12} />
            <select aria-label={`Snooze ${row.title}`} value="" onChange={(event) => reminders.snooze(reminder, Number(event.target.value))}>
              <option value="" disabled>
                Snooze for
              </option>
              {SNOOZES.map(([seconds, label]) => (
                <option key={seconds} value={seconds}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <button type="button" className="text-button" onClick={() => (reminders.done(reminder), onComplete(row))}>
            Complete
          </button>
        </div>
      </div>
    </article>
  );
}
