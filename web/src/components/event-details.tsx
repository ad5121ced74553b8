// An event to read, with what can be done to it in one click.

import { useState, type ReactNode } from "react";
import type { Api } from "../api";
import { meetLink, readAst, safeHref } from "../ast/ast-tree";
import { AstView } from "../ast/ast-view";
import { whenText } from "../calendar-event";
import type { Edit } from "../drafts";
import type { CommandHost } from "../event-commands";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "../labels";
import { EventHistory } from "../lazy-parts";
import { hasUnsavedNote } from "../outcomes";
import { beforeLabel, reminderChoice } from "../reminder-choice";
import type { Session } from "../session";
import { linkFor, type Settings } from "../settings";
import { textWords } from "../rule-words";
import { zoneText } from "../time/canonical";
import { dateIn } from "../time/clock";
import { offsetText, stampText } from "../time/formats";
import { EventStatus, ParticipantRole, ParticipantStatus, Priority, type EventRow } from "../types.gen";
import type { CallDesk } from "../use-call-desk";
import { needsOutcome, type Directory } from "../use-directory";
import { isCall } from "../work-list";
import { PriorityMark } from "./event-face";
import { EventResults, hasResults } from "./event-results";
import { ParticipantList } from "./participant-list";
import { Icon, TypeIcon, type IconName } from "./icon";
import { useSeries } from "./repeat-field";
import { OutcomeBox } from "./outcome-box";
import { RescheduleChips } from "./reschedule-chips";


export interface DetailsHost extends CommandHost {
  onResume: (edit: Edit) => void;
  onCustomer: (row: EventRow) => void;
  onAnswer: (row: EventRow, status: number) => void;
}

interface Props {
  row: EventRow;
  zone: string;
  session: Session;
  settings: Settings;
  directory: Directory;
  api: Api;
  host: DetailsHost;
  calls: CallDesk;
  /** What was typed into the form of this event and not saved. */
  draft: Edit | null;
  onClose: () => void;
}

export function EventDetails({ row, zone, session, settings, directory, api, host, calls, draft, onClose }: Props) {
  const [hasHistory, setHasHistory] = useState(false);
  const isOpen = row.status === EventStatus.OPEN;
  const meet = meetLink(readAst(row.ast_json));
  const owner = directory.person(row.owner_manager_id);
  const problem = directory.changeProblem(row);
  const hasOutcome = isCall(row) || needsOutcome(row, directory);
  const hasBox = isOpen ? hasOutcome && !problem : hasUnsavedNote(calls.finishOf(row), row);
  return (
    <div className="panel-box">
      <header className="panel-head" style={{ "--c": owner.colour } as React.CSSProperties}>
        <div className="panel-tools">
          <div className="panel-kind">
            <span className="kind">
              <TypeIcon type={row.type} size={14} />
              {labelOf(TYPES, row.type)}
            </span>
            {!isOpen && <span className="badge" data-status={row.status}>{labelOf(STATUSES, row.status)}</span>}
            {row.priority !== Priority.NORMAL && (
              <span className="badge" data-priority={row.priority}><PriorityMark priority={row.priority} />{labelOf(PRIORITIES, row.priority)}</span>
            )}
          </div>
          <Tool icon="edit" label="Edit" problem={problem} onClick={() => host.onEdit(row)} />
          <Tool icon="copy" label="Duplicate" onClick={() => host.onDuplicate(row)} />
          <Tool icon="link" label="Copy link" onClick={() => host.onCopyLink(row)} />
          <Tool icon="archive" label="Archive" problem={problem} disabled={row.status === EventStatus.ARCHIVED} onClick={() => host.onStatus(row, EventStatus.ARCHIVED)} />
          <Tool icon="trash" label="Delete" problem={problem} onClick={() => host.onDelete(row)} />
          <Tool icon="close" label="Close" onClick={onClose} />
        </div>
        <h2 tabIndex={-1} data-first className={row.status === EventStatus.CANCELLED ? "struck" : undefined}>
          {row.title}
        </h2>
        <StateButtons row={row} hasOutcome={hasOutcome} problem={problem} host={host} />
      </header>
      <div className="panel-body">
        {draft && (
          <p className="note" role="status">
            You have changes here that are not saved.{" "}
            <button type="button" className="text-button" onClick={() => host.onResume(draft)}>Continue</button>
          </p>
        )}
        {hasBox && <OutcomeBox row={row} zone={zone} session={session} directory={directory} calls={calls} />}
        <Answer row={row} me={session.id} onAnswer={(status) => host.onAnswer(row, status)} />
        {hasResults(row) && (
          <Line icon="flag" label="What came of it">
            <EventResults row={row} zone={zone} directory={directory} api={api} onOpen={host.onOpen} />
          </Line>
        )}
        <Line icon="clock" label="When">
          {whenText(row, zone)}
          {!row.all_day && <span className="faint"> · {zoneText(zone)} ({offsetText(row.start_time, zone)})</span>}
          {meet && isOpen && (
            <a className="button primary small join" href={meet} target="_blank" rel="noopener noreferrer nofollow">
              <Icon name="video" />
              Join
            </a>
          )}
          {isOpen && !problem && <RescheduleChips row={row} zone={zone} api={api} onMove={(times) => host.onMove(row, times)} />}
        </Line>
        <Location text={row.location} />
        <CustomerZone row={row} />
        {Boolean(row.series_id) && <SeriesLine row={row} api={api} />}
        <Line icon="people" label="Participants">
          <ParticipantList row={row} directory={directory} />
        </Line>
        {row.ast_json !== null && (
          <Line icon="text" label="Notes">
            <AstView ast={row.ast_json} nameOf={(id) => directory.person(id).name} />
          </Line>
        )}
        <Links row={row} settings={settings} onCustomer={() => host.onCustomer(row)} />
        <Line icon="bell" label="Reminder">
          {reminderText(row, zone)}
        </Line>
        <Line icon="desk" label="Desk and brand">
          {row.desk ? directory.deskTitle(row.desk) : "No desk"} <span className="faint">· {row.brand}</span>
        </Line>
        <p className="trace">
          Number {row.id} · created by {directory.person(row.created_by).name}, {stampText(row.created_time, zone)}
          {row.updated_by > 0 && ` · changed by ${directory.person(row.updated_by).name}, ${stampText(row.updated_time, zone)}`}
        </p>
        <details className="history" onToggle={({ currentTarget }) => setHasHistory(currentTarget.open)}>
          <summary>History</summary>
          {hasHistory && (
            <EventHistory row={row} zone={zone} api={api} directory={directory} />
          )}
        </details>
      </div>
    </div>
  );
}

/** Complete, cancel, reopen; of an event that may not be changed, why. */
function StateButtons({ row, hasOutcome, problem, host }: { row: EventRow; hasOutcome: boolean; problem: string; host: DetailsHost }) {
  if (problem) return <p className="hint panel-problem">{problem}</p>;
  return (
    <div className="panel-actions">
      {row.status === EventStatus.OPEN ? (
        <>
          {!hasOutcome && (
            <button type="button" className="button" onClick={() => host.onStatus(row, EventStatus.DONE)}>
              <Icon name="check" />
              Complete
            </button>
          )}
          <button type="button" className="button" onClick={() => host.onStatus(row, EventStatus.CANCELLED)}>
            <Icon name="ban" />
            Cancel event
          </button>
        </>
      ) : (
        <button type="button" className="button" onClick={() => host.onStatus(row, EventStatus.OPEN)}>
          <Icon name="undo" />
          Reopen
        </button>
      )}
    </div>
  );
}

function Tool({ icon, label, disabled, problem, onClick }: { icon: IconName; label: string; disabled?: boolean; problem?: string; onClick: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={problem || label} disabled={disabled || Boolean(problem)} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Line({ icon, label, children }: { icon: IconName; label: string; children: ReactNode }) {
  return (
    <section className="line" aria-label={label}>
      <span className="line-icon" title={label}>
        <Icon name={icon} />
      </span>
      <div className="line-body">{children}</div>
    </section>
  );
}

/** Where it takes place; a link where that is an https address. */
function Location({ text }: { text: string | undefined }) {
  if (!text) return null;
  const href = safeHref(text);
  return (
    <Line icon="place" label="Location">
      {href?.startsWith("https:") ? <a href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a> : text}
    </Line>
  );
}

/** The customer's zone, and by its clock when the event starts. */
function CustomerZone({ row }: { row: EventRow }) {
  const theirs = row.customer_timezone;
  if (!theirs) return null;
  return (
    <Line icon="globe" label="Customer's zone">
      {zoneText(theirs)} ({offsetText(row.start_time, theirs)})
      {!row.all_day && <span className="faint"> · starts {stampText(row.start_time, theirs)} for the customer</span>}
    </Line>
  );
}

const OWN_NAMES: Record<string, string> = { start_time: "time", end_time: "time", all_day: "time", remind_before_sec: "reminder", remind_time: "reminder", ast_json: "notes", owner_manager_id: "owner" };

/** The rule of its series in words, and in what it differs. */
function SeriesLine({ row, api }: { row: EventRow; api: Api }) {
  const series = useSeries(api, row);
  const own = [...new Set((row.own_fields ?? []).map((name) => OWN_NAMES[name] ?? name.replace(/_/g, " ")))];
  return (
    <Line icon="repeat" label="Repeats">
      {series ? textWords(series.rrule, dateIn(series.start_time, series.timezone)) : "Repeats"}
      {own.length > 0 && <p className="hint">This one differs from its series: {own.join(", ")}.</p>}
    </Line>
  );
}

const REPLIES: [ParticipantStatus, string][] = [
  [ParticipantStatus.ACCEPTED, "Yes"],
  [ParticipantStatus.TENTATIVE, "Maybe"],
  [ParticipantStatus.DECLINED, "No"],
];

/** The manager's own answer, for a participant. */
function Answer({ row, me, onAnswer }: { row: EventRow; me: number; onAnswer: (status: number) => void }) {
  const own = row.participants.find((participant) => participant.manager_id === me);
  if (!own || own.role === ParticipantRole.ORGANIZER || row.status !== EventStatus.OPEN) return null;
  return (
    <div className="reply">
      <span>Will you take part?</span>
      <div className="segments" role="group" aria-label="Your answer">
        {REPLIES.map(([status, label]) => (
          <button key={status} type="button" aria-pressed={own.status === status} onClick={() => onAnswer(status)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

function Links({ row, settings, onCustomer }: { row: EventRow; settings: Settings; onCustomer: () => void }) {
  const names = { customer_id: row.customer_id, lead_id: row.lead_id, login: row.login };
  const links: [string, number, string][] = [
    ["Customer", row.customer_id, settings.customerLink],
    ["Lead", row.lead_id, settings.leadLink],
    ["Login", row.login, settings.loginLink],
  ];
  const shown = links.filter(([, id]) => id);
  if (!shown.length) return null;
  const call = row.customer_id ? linkFor(settings.callLink, names) : null;
  return (
    <Line icon="tag" label="Links">
      <ul className="links">
        {shown.map(([label, id, template]) => {
          const href = linkFor(template, names);
          return (
            <li key={label} className="link-chip">
              <span>{label}</span> {href ? <a href={href} target="_blank" rel="noopener noreferrer nofollow">{id}</a> : id}
            </li>
          );
        })}
        {call && (
          <li>
            <a className="button small" href={call} rel="noopener noreferrer nofollow"><Icon name="phone" /> Call</a>
          </li>
        )}
      </ul>
      {row.customer_id > 0 && (
        <button type="button" className="text-button" onClick={onCustomer}>All events of customer {row.customer_id}</button>
      )}
    </Line>
  );
}

function reminderText(row: EventRow, zone: string): string {
  const choice = reminderChoice(row);
  const sent = row.reminder_sent_time ? `, sent ${stampText(row.reminder_sent_time, zone)}` : "";
  if (choice === "none") return "No reminder";
  if (choice === "start") return `At the start${sent}`;
  if (choice === "time") return `${stampText(row.remind_time, zone)}${sent}`;
  return beforeLabel(choice) + sent;
}
