// What the words of a title were understood as, as chips; they count once they are taken over.

import type { Fields } from "../event-fields";
import { labelOf, PRIORITIES, TYPES } from "../labels";
import { movedReminder } from "../reminder-choice";
import { dateIn, nowSeconds } from "../time/clock";
import { clockText, dateText } from "../time/formats";
import { quickStart, readWords, saysAnything, type QuickWords } from "../quick-words";
import { Icon } from "./icon";

interface Props {
  fields: Fields;
  zone: string;
  onChange: (changes: Partial<Fields>) => void;
}

export function QuickHints({ fields, zone, onChange }: Props) {
  const words = readWords(fields.title, nowSeconds(), zone);
  const changes = wordChanges(fields, zone);
  if (!changes) return null;
  return (
    <button type="button" className="quick-hints" onClick={() => onChange(changes)}>
      <span className="visually-hidden">Take over: </span>
      {chipsOf(words, fields, zone).map((text) => (
        <span key={text} className="quick-chip">{text}</span>
      ))}
      <span className="quick-take">
        <Icon name="check" size={12} /> Take over
      </span>
    </button>
  );
}

/** What the words of the title would change; null: nothing. */
export function wordChanges(fields: Fields, zone: string): Partial<Fields> | null {
  const words = readWords(fields.title, nowSeconds(), zone);
  return saysAnything(words) && addsToFields(words, fields, zone) ? withWords(fields, words, zone) : null;
}

function addsToFields(words: QuickWords, fields: Fields, zone: string): boolean {
  return Object.entries(withWords(fields, words, zone)).some(([name, value]) => fields[name as keyof Fields] !== value);
}

function withWords(fields: Fields, words: QuickWords, zone: string): Partial<Fields> {
  const start = quickStart(words, fields.start_time, zone);
  const length = words.lengthMin ? words.lengthMin * 60 : fields.all_day ? 1800 : fields.end_time - fields.start_time;
  const from = start ?? fields.start_time;
  const times = start !== null || words.lengthMin ? { start_time: from, end_time: from + length, all_day: 0, ...movedReminder(fields, from, zone) } : {};
  return {
    title: words.title || fields.title,
    ...times,
    ...(words.type !== undefined && { type: words.type }),
    ...(words.customer_id !== undefined && { customer_id: words.customer_id }),
    ...(words.lead_id !== undefined && { lead_id: words.lead_id }),
    ...(words.priority !== undefined && { priority: words.priority }),
  };
}

function chipsOf(words: QuickWords, fields: Fields, zone: string): string[] {
  const start = quickStart(words, fields.start_time, zone);
  const chips: (string | false)[] = [
    words.type !== undefined && labelOf(TYPES, words.type),
    start !== null && `${dateText(dateIn(start, zone), "day")}, ${clockText(start, zone)}`,
    words.lengthMin !== undefined && `${words.lengthMin} min`,
    words.customer_id !== undefined && `Customer ${words.customer_id}`,
    words.lead_id !== undefined && `Lead ${words.lead_id}`,
    words.priority !== undefined && labelOf(PRIORITIES, words.priority),
  ];
  return chips.filter((chip) => chip !== false);
}
