// Beside a desk's day: its totals and outcomes, what escalated, what is late, claimed, or waits in the pool.

import { useState } from "react";
import { momentText } from "../call-actions";
import type { DeskLists } from "../desk-day";
import { sinceText } from "../labels";
import { outcomeName } from "../outcomes";
import type { EventRow } from "../types.gen";
import type { DeskSummary } from "../use-desk-summary";
import type { Directory } from "../use-directory";
import type { Reminder, SummaryGroup } from "../wire";
import { holderOf } from "../work-list";
import { Avatar } from "./avatar";
import { PriorityMark } from "./event-face";

interface TotalsProps {
  desk: string;
  brand: string;
  directory: Directory;
  /** null: not known (yet). */
  summary: DeskSummary | null;
  lists: DeskLists;
  /** Whether they hold all that there is. */
  isComplete: boolean;
  onDesk: (code: string) => void;
}

export function DeskTotals({ desk, brand, directory, summary, lists, isComplete, onDesk }: TotalsProps) {
  const sum = (groups: ReadonlyMap<number, SummaryGroup> | undefined, pick: (group: SummaryGroup) => number) =>
    groups ? [...groups.values()].reduce((total, group) => total + pick(group), 0) : null;
  const day = summary?.managers;
  const done = sum(day, (group) => group.done);
  const onTime = sum(day, (group) => group.on_time);
  const late = sum(summary?.late, (group) => group.overdue);
  const known = (count: number) => (count > 0 || isComplete ? count : null);
  const desks = directory.desks.filter((one) => !brand || one.brand === brand);
  return (
    <header className="desk-head">
      <select className="input small" aria-label="Desk" value={desk} onChange={(event) => onDesk(event.target.value)}>
        {!desk && <option value="">No desk</option>}
        {desks.map((one) => <option key={`${one.brand} ${one.code}`} value={one.code}>{one.title || one.code}</option>)}
      </select>
      <dl className="totals" aria-label="Totals of the day">
        <Total name="open" value={sum(day, (group) => group.open)} />
        <Total name="done" value={done} />
        <Total name="on time" value={done ? `${Math.round((100 * (onTime ?? 0)) / done)} %` : null} />
        <Total name="overdue" value={late} isBad={Boolean(late)} />
        <Total name="in the pool" value={known(lists.pool.length)} />
        <Total name="claimed" value={known(lists.claimed.length)} />
      </dl>
      <ul className="outcome-totals" aria-label="Outcomes of the day">
        {summary?.outcomes.map(({ key, done: count }) => (
          <li key={key} className="badge">
            {outcomeName(directory.outcomes, String(key))} <strong>{count}</strong>
          </li>
        ))}
      </ul>
    </header>
  );
}

/** `value` null: not known, or of nothing. */
function Total({ name, value, isBad }: { name: string; value: number | string | null; isBad?: boolean }) {
  return (
    <div data-bad={isBad}>
      <dt>{name}</dt>
      <dd>{value ?? "–"}</dd>
    </div>
  );
}

interface SideProps {
  lists: DeskLists;
  /** Whether they hold all that there is. */
  isComplete: boolean;
  escalations: Reminder[];
  now: number;
  zone: string;
  directory: Directory;
  onOpen: (row: EventRow) => void;
}

export function DeskSide({ lists, isComplete, escalations, now, zone, directory, onOpen }: SideProps) {
  const common = { isComplete, directory, onOpen };
  const escalated = [...new Map(escalations.map(({ row }) => [row.id, row])).values()];
  return (
    <aside className="desk-side" aria-label="What waits on the desk">
      {escalated.length > 0 && <List title="Escalated" rows={escalated} isBad textOf={(row) => momentText(row.start_time, zone, now)} {...common} />}
      <List title="Overdue" rows={lists.overdue} isBad textOf={(row) => sinceText(now - row.end_time).replace(" ago", " late")} {...common} />
      <List title="Claimed now" rows={lists.claimed} whoOf={(row) => holderOf(row, now)} textOf={(row) => `until ${momentText(row.claim_until ?? 0, zone, now)}`} {...common} />
      <List title="In the pool" rows={lists.pool} textOf={(row) => `since ${momentText(row.start_time + (row.pool_after_sec ?? 0), zone, now)}`} {...common} />
    </aside>
  );
}

interface ListProps {
  title: string;
  rows: EventRow[];
  isBad?: boolean;
  isComplete: boolean;
  directory: Directory;
  /** Whose face is shown; the owner's where it is not said. */
  whoOf?: (row: EventRow) => number;
  textOf: (row: EventRow) => string;
  onOpen: (row: EventRow) => void;
}

const FIRST_ROWS = 8;

function List({ title, rows, isBad, isComplete, directory, whoOf, textOf, onOpen }: ListProps) {
  const [limit, setLimit] = useState(FIRST_ROWS);
  return (
    <section className="side-list" aria-label={title}>
      <h2 data-bad={isBad && rows.length > 0}>
        {title} <span className="work-count">{rows.length > 0 || isComplete ? rows.length : ""}</span>
      </h2>
      {/* Its line stays while that is not known. */}
      {rows.length === 0 && <p className="hint">{isComplete ? "None" : "\u00a0"}</p>}
      <ul>
        {rows.slice(0, limit).map((row) => {
          const person = directory.person(whoOf?.(row) ?? row.owner_manager_id);
          return (
            <li key={row.id}>
              <button type="button" className="row side-row" data-event={row.id} onClick={() => onOpen(row)}>
                <Avatar person={person} size={22} />
                <span className="row-main">
                  <span className="ev-title"><PriorityMark priority={row.priority} />{row.title}</span>
                  <span className="row-more">{person.name} · {textOf(row)}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {rows.length > limit && (
        <button type="button" className="text-button" onClick={() => setLimit((count) => count + 40)}>{rows.length - limit} more</button>
      )}
    </section>
  );
}
