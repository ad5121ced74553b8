// What a manager has to do now, made for keys: late first, then the day by time, then what the pool offers.

import { useMemo, useState } from "react";
import { timesOnDate, toItem } from "../calendar-event";
import { momentText } from "../call-actions";
import { labelOf, sinceText, TYPES } from "../labels";
import { outcomeName } from "../outcomes";
import { dateIn } from "../time/clock";
import { dateText } from "../time/formats";
import { EventStatus, type EventRow } from "../types.gen";
import type { CallDesk } from "../use-call-desk";
import type { Directory } from "../use-directory";
import { useShortcuts } from "../use-shortcuts";
import { GROUPS, holderOf, isCall, isOverdue, toDo, workList, type WorkGroup, type WorkTime } from "../work-list";
import { Avatar } from "./avatar";
import { CustomerClock } from "./customer-clock";
import { eventClass, PriorityMark, SeriesMark, Spoken } from "./event-face";
import { Icon, TypeIcon } from "./icon";

interface RowHost {
  directory: Directory;
  calls: CallDesk;
  /** Id of the event in the panel; 0: none. */
  chosen: number;
  onOpen: (row: EventRow) => void;
}

interface Props extends RowHost, WorkTime {
  rows: EventRow[];
  /** Whether `rows` are all that there are. */
  isComplete: boolean;
}

const NAMES: Record<WorkGroup, string> = { overdue: "Overdue", now: "Now", next: "Next", later: "Later today", pool: "In the pool of the desk", done: "Done today" };
const FIRST_ROWS = 60;

export function MyDay({ rows, me, now, zone, isComplete, ...host }: Props) {
  const at = useMemo(() => ({ me, now, zone }), [me, now, zone]);
  const list = useMemo(() => workList(rows, at), [rows, at]);
  const count = toDo(list).length;
  useShortcuts({ ArrowDown: () => moveFocus(1), ArrowUp: () => moveFocus(-1) }, isBesidePanel);
  return (
    <div className="my-day">
      <header className="work-head">
        <p>
          {(count > 0 || isComplete) && <strong>{count === 0 ? "Nothing to do" : `${count} to do`}</strong>}
          {list.overdue.length > 0 && <span className="work-late">{list.overdue.length} overdue</span>}
          {(list.done.length > 0 || isComplete) && <span className="faint">{list.done.length} done today</span>}
        </p>
        <button type="button" className="button primary" onClick={host.calls.claimNext}>
          <Icon name="phone" />
          Next call <kbd>G</kbd>
        </button>
      </header>
      {isComplete && count === 0 && (
        <div className="empty">
          <Icon name="check" size={28} />
          <p>Nothing waits for you today.</p>
          <p className="hint">Press N for a new event.</p>
        </div>
      )}
      {GROUPS.map((group) => list[group].length > 0 && <Group key={group} group={group} rows={list[group]} at={at} {...host} />)}
    </div>
  );
}

/** The panel scrolls with the arrows. */
function isBesidePanel(target: Element): boolean {
  return !target.closest(".panel");
}

/** From row to row; from elsewhere to the first one. */
function moveFocus(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".my-day .work-row")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

function Group({ group, rows, at, ...host }: RowHost & { group: WorkGroup; rows: EventRow[]; at: WorkTime }) {
  const [limit, setLimit] = useState(FIRST_ROWS);
  const isFolded = group === "done";
  const body = (
    <>
      <ul>
        {rows.slice(0, limit).map((row) => <WorkRow key={row.id} row={row} at={at} {...host} />)}
      </ul>
      {rows.length > limit && (
        <button type="button" className="text-button" onClick={() => setLimit(rows.length)}>Show all {rows.length}</button>
      )}
    </>
  );
  const title = <>{NAMES[group]} <span className="work-count">{rows.length}</span></>;
  return isFolded ? (
    <details className="work-group" data-group={group}>
      <summary>{title}</summary>
      {body}
    </details>
  ) : (
    <section className="work-group" data-group={group} aria-label={NAMES[group]}>
      <h2>{title}</h2>
      {body}
    </section>
  );
}

function WorkRow({ row, at, directory, calls, chosen, onOpen }: RowHost & { row: EventRow; at: WorkTime }) {
  const { me, now, zone } = at;
  const holder = holderOf(row, now);
  const owner = directory.person(holder || row.owner_manager_id);
  const isTaken = holder !== 0 && holder !== me;
  // A key claims and opens; a pointer only opens.
  const act = (isKey: boolean) => (isKey && !isTaken && row.status === EventStatus.OPEN ? calls.start(row) : onOpen(row));
  return (
    <li className="row-item" style={{ "--c": owner.colour } as React.CSSProperties}>
      <button type="button" className={`row work-row ${eventClass(row, me)}`} data-event={row.id} data-taken={isTaken} aria-current={chosen === row.id || undefined} onClick={({ detail }) => act(detail === 0)}>
        <span className="row-time" aria-hidden="true">{whenOf(row, at)}</span>
        <span className="row-bar" />
        <span className="row-main">
          <span className="ev-title">
            <PriorityMark priority={row.priority} />
            <SeriesMark row={row} />
            {row.title}
            <Spoken row={row} owner={owner.name} zone={zone} />
          </span>
          <span className="row-more">
            <TypeIcon type={row.type} />
            <span>{labelOf(TYPES, row.type)}</span>
            {row.customer_id > 0 && <span>#{row.customer_id}</span>}
            {isCall(row) && row.status === EventStatus.OPEN && <CustomerClock row={row} now={now} zone={zone} directory={directory} />}
            {row.outcome && <span className="badge">{outcomeName(directory.outcomes, row.outcome)}</span>}
          </span>
        </span>
        <span className="row-owner">
          {(holder !== 0 || row.owner_manager_id !== me) && (
            <>
              <Avatar person={owner} />
              <span className="row-owner-name">{holder ? `${holder === me ? "Yours" : owner.name} until ${momentText(row.claim_until ?? 0, zone, now)}` : owner.name}</span>
            </>
          )}
        </span>
      </button>
    </li>
  );
}

/** "10:00 – 10:30" of today; what is late says how late. */
function whenOf(row: EventRow, { now, zone }: WorkTime): string {
  const date = dateIn(row.start_time, zone);
  if (isOverdue(row, now) && date !== dateIn(now, zone)) return dateText(date, "day");
  if (isOverdue(row, now)) return sinceText(now - row.end_time).replace(" ago", " late");
  return timesOnDate(toItem(row, zone), dateIn(now, zone), zone);
}
