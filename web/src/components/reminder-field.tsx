import { dateIn, secondsOf, timeIn } from "../time/clock";
import { DateField, TimeInput } from "./date-input";
import type { Fields } from "../event-fields";
import { BEFORE_CHOICES, beforeLabel, reminderChoice, reminderFields, type ReminderChoice } from "../reminder-choice";

interface Props {
  fields: Fields;
  zone: string;
  onChange: (changes: Partial<Fields>) => void;
}

export function ReminderField({ fields, zone, onChange }: Props) {
  const choice = reminderChoice(fields);
  const isOther = typeof choice === "number" && !BEFORE_CHOICES.some(([seconds]) => seconds === choice);
  const choose = (value: string) => {
    const chosen = (/^\d+$/.test(value) ? Number(value) : value) as ReminderChoice;
    onChange(reminderFields(chosen, fields.start_time, fields.remind_time));
  };
  const [date, time] = [dateIn(fields.remind_time, zone), timeIn(fields.remind_time, zone)];
  const setTime = (nextDate: string, nextTime: string) => {
    const remind_time = secondsOf(nextDate, nextTime, zone);
    if (remind_time > 0) onChange({ remind_time });
  };
  return (
    <div className="field">
      <label className="field">
        <span className="label">Reminder</span>
        <select className="input" value={String(choice)} onChange={(event) => choose(event.target.value)}>
          <option value="none">None</option>
          <option value="start">At the start</option>
          {BEFORE_CHOICES.map(([seconds, label]) => (
            <option key={seconds} value={seconds}>{label}</option>
          ))}
          {isOther && <option value={choice}>{beforeLabel(choice)}</option>}
          <option value="time">At a given time</option>
        </select>
      </label>
      {choice === "time" && (
        <div className="moment">
          <DateField label="Reminder date" value={date} onChange={(value) => setTime(value, time)} />
          <TimeInput label="Reminder time" value={time} onChange={(value) => setTime(date, value)} />
        </div>
      )}
    </div>
  );
}
