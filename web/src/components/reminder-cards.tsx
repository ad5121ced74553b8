// Reminders that are due, below the view, with done and snooze; all of them behind the bell.

import { useEffect } from "react";
import { sinceText } from "../labels";
import { startText } from "../calendar-event";
import type { EventRow } from "../types.gen";
import type { Reminders } from "../use-reminders";
import type { Reminder } from "../wire";
import { Dialog } from "./dialog";
import { Icon, TypeIcon } from "./icon";
import { AlertSwitch } from "./switches";
import { useSize } from "./use-size";

interface CardProps {
  reminders: Reminders;
  zone: string;
  /** Unix seconds. */
  now: number;
  onOpen: (row: EventRow) => void;
  /** The card goes once the event is done, which may need a choice before. */
  onComplete: (row: EventRow) => void;
}

interface Props extends CardProps {
  /** Something else has the room: only the count is shown. */
  isQuiet: boolean;
  onAll: () => void;
}

const SNOOZES: [number, string][] = [
  [300, "5 minutes"],
  [900, "15 minutes"],
  [3600, "1 hour"],
  [86_400, "Tomorrow"],
];
const MOST_SEEN = 3;
/** Least width of a card with its gap, and the width of what is not a card; as in the styles of `.reminders`. */
const CARD_PX = 336;
const BESIDE_PX = 112;

/** They take room from the view instead of lying over it: at no hour may one cover what is clicked there. */
export function ReminderCards({ isQuiet, onAll, ...rest }: Props) {
  const { due } = rest.reminders;
  const [box, { width, height }] = useSize();
  const room = Math.floor((width - BESIDE_PX) / CARD_PX);
  const seen = isQuiet ? [] : due.slice(0, Math.max(1, Math.min(MOST_SEEN, room)));
  const hidden = due.length - seen.length;
  // For what stands above them: toasts, and the bar of selected events.
  useEffect(() => document.documentElement.style.setProperty("--reminders-height", `${height}px`), [height]);
  return (
    <section ref={box} className="reminders" role="region" aria-label="Reminders" aria-live="assertive" aria-relevant="additions">
      {seen.map((reminder) => (
        <Card key={reminder.token} reminder={reminder} {...rest} />
      ))}
      {!isQuiet && (hidden > 0 || due.length > 1) && (
        <div className="reminders-rest">
          <button type="button" className="text-button" onClick={onAll}>{hidden > 0 ? `and ${hidden} more` : "Show all"}</button>
          <button type="button" className="text-button" onClick={rest.reminders.doneAll}>Dismiss all</button>
        </div>
      )}
    </section>
  );
}

function Card({ reminder, reminders, zone, now, onOpen, onComplete }: CardProps & { reminder: Reminder }) {
  const { row } = reminder;
  return (
    <article className="reminder" data-priority={row.priority}>
      <span className="reminder-icon">
        <TypeIcon type={row.type} size={16} />
      </span>
      <div className="reminder-main">
        <button type="button" className="reminder-title" title={row.title} onClick={() => onOpen(row)}>
          {row.title}
        </button>
        <p className="hint">
          {startText(row, zone)}
          {row.customer_id > 0 && ` · customer ${row.customer_id}`}
          {` · due ${sinceText(now - reminder.due)}`}
        </p>
        <div className="reminder-actions">
          <button type="button" className="button small" aria-label={`Dismiss ${row.title}`} onClick={() => reminders.done(reminder)}>
            Dismiss
          </button>
          <Snooze what={row.title} isHere={reminder.isMissed} onSnooze={(seconds) => reminders.snooze(reminder, seconds)} />
          <button type="button" className="text-button" aria-label={`Complete ${row.title}`} onClick={() => onComplete(row)}>
            Complete
          </button>
        </div>
      </div>
    </article>
  );
}

/** `isHere`: it comes back in this tab alone. */
function Snooze({ what, isHere = false, onSnooze }: { what: string; isHere?: boolean; onSnooze: (seconds: number) => void }) {
  const where = isHere ? " in this tab" : "";
  return (
    <label className="button small select-button">
      Snooze{where}
      <Icon name="down" size={12} />
      <select aria-label={`Snooze ${what}${where}`} value="" onChange={(event) => onSnooze(Number(event.target.value))}>
        <option value="" disabled>
          Snooze{where} for
        </option>
        {SNOOZES.map(([seconds, text]) => (
          <option key={seconds} value={seconds}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Everything behind the bell: due and missed. */
export function ReminderDialog({ onClose, ...rest }: CardProps & { onClose: () => void }) {
  const { due, missed, doneAll, snoozeAll } = rest.reminders;
  const open = (row: EventRow) => (onClose(), rest.onOpen(row));
  const footer = due.length > 0 && (
    <>
      <Snooze what="all" onSnooze={snoozeAll} />
      <button type="button" className="button" onClick={doneAll}>Dismiss all</button>
    </>
  );
  return (
    <Dialog title="Reminders" wide footer={footer || undefined} onClose={onClose}>
      <AlertSwitch hasWords />
      {!due.length && !missed.length && <p className="hint">No reminder is waiting.</p>}
      <div className="reminder-list">
        {due.map((reminder) => <Card key={reminder.token} reminder={reminder} {...rest} onOpen={open} />)}
      </div>
      {missed.length > 0 && <h3 className="label">Missed</h3>}
      <div className="reminder-list">
        {missed.map((reminder) => <Card key={reminder.token} reminder={reminder} {...rest} onOpen={open} />)}
      </div>
    </Dialog>
  );
}

/** The bell with how many wait. */
export function Bell({ reminders, onOpen }: { reminders: Reminders; onOpen: () => void }) {
  const count = reminders.due.length + reminders.missed.length;
  return (
    <button type="button" className="icon-button bell" aria-label={count ? `Reminders: ${count} waiting` : "Reminders"} title="Reminders" onClick={onOpen}>
      <Icon name="bell" />
      {count > 0 && <span className="bell-count" aria-hidden="true">{count > 99 ? "99+" : count}</span>}
    </button>
  );
}
