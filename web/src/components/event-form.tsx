// The form of an event.

import { useId, useState } from "react";
import type { Api } from "../api";
import { AstEditor } from "../ast/ast-editor";
import { busyText } from "../busy";
import { allDayDates, allDayTimes, dateIn, eventZone, movedEnd, secondsOf, timeIn } from "../calendar-event";
import type { Fields } from "../event-fields";
import { newGuest } from "../guests";
import { PRIORITIES, TYPES } from "../labels";
import { movedReminder } from "../reminder-choice";
import { EventStatus, ParticipantRole, ParticipantStatus, type EventRow, type EventType, type Priority } from "../types.gen";
import { useBusy } from "../use-busy";
import type { Directory } from "../use-directory";
import { Icon } from "./icon";
import { PeopleField } from "./people-field";
import { ReminderField } from "./reminder-field";

interface Props {
  initial: Fields;
  /** The event as it is on the server; null: a new one. */
  saved: EventRow | null;
  changedMeanwhile: boolean;
  zone: string;
  directory: Directory;
  api: Api;
  onSave: (fields: Fields) => Promise<void>;
  onCancel: () => void;
}

const HOUR_SEC = 3600;

export function EventForm({ initial, saved, changedMeanwhile, zone, directory, api, onSave, onCancel }: Props) {
  const [fields, setFields] = useState(initial);
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState("");
  const notes = useId();
  const isNew = saved === null;
  const busy = useBusy(api, invitedTo(fields), fields.start_time, fields.end_time, saved);
  const set = (changes: Partial<Fields>) => setFields((before) => ({ ...before, ...changes }));
  const submit = async () => {
    const wrong = problemOf(fields);
    setError(wrong);
    if (wrong) return;
    setIsSaving(true);
    await onSave(fields);
    setIsSaving(false);
  };
  const desks = directory.desks.filter((desk) => desk.brand === fields.brand);
  return (
    <form className="panel-box" noValidate onSubmit={(event) => (event.preventDefault(), void submit())}>
      <header className="panel-head">
        <div className="panel-tools">
          <span className="kind">{isNew ? "New event" : "Edit event"}</span>
          <span className="spring" />
          <button type="button" className="icon-button" aria-label="Close" onClick={onCancel}>
            <Icon name="close" />
          </button>
        </div>
        <textarea
          className="title-input"
          data-first
          aria-label="Title"
          placeholder="Title"
          rows={1}
          maxLength={500}
          value={fields.title}
          onChange={(event) => set({ title: event.target.value.replace(/\s*\n\s*/g, " ") })}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      </header>
      <div className="panel-body form">
        {changedMeanwhile && (
          <p className="note" role="status">
            Somebody changed this event meanwhile. What does not collide is merged when you save.
          </p>
        )}
        <div className="pair">
          <label className="field">
            <span className="label">Type</span>
            <select className="input" value={fields.type} onChange={(event) => set({ type: Number(event.target.value) as EventType })}>
              {TYPES.map(([value, label]) => (
                <option key={value} value={value}>{label}</option>
              ))}
            </select>
          </label>
          <label className="field">
            <span className="label">Priority</span>
            <select className="input" value={fields.priority} onChange={(event) => set({ priority: Number(event.target.value) as Priority })}>
              {PRIORITIES.map(([value, label]) => (
                <option key={value} value={value}>{label}</option>
              ))}
            </select>
          </label>
        </div>
        <TimeFields fields={fields} zone={zone} onChange={set} />
        <div className="pair">
          <label className="field">
            <span className="label">Brand</span>
            <input className="input" list="form-brands" maxLength={64} value={fields.brand} onChange={(event) => set({ brand: event.target.value })} />
            <datalist id="form-brands">{directory.brands.map((brand) => <option key={brand} value={brand} />)}</datalist>
          </label>
          <label className="field">
            <span className="label">Desk</span>
            <select className="input" value={fields.desk} onChange={(event) => set({ desk: event.target.value })}>
              <option value="">No desk (personal)</option>
              {desks.map((desk) => (
                <option key={desk.code} value={desk.code}>{desk.title || desk.code}</option>
              ))}
              {fields.desk && !desks.some((desk) => desk.code === fields.desk) && <option value={fields.desk}>{fields.desk}</option>}
            </select>
          </label>
        </div>
        <PeopleField
          guests={fields.participants}
          owner={fields.owner_manager_id}
          brand={fields.brand}
          busyText={(id) => busyText(busy?.get(id) ?? [], fields.start_time, fields.end_time, zone)}
          directory={directory}
          onChange={(participants) => set({ participants })}
          onOwner={(owner_manager_id) => set({ owner_manager_id, participants: withOwner(fields, owner_manager_id) })}
        />
        <ReminderField fields={fields} zone={zone} onChange={set} />
        <div className="field">
          <span className="label" id={notes}>Notes</span>
          <AstEditor ast={initial.ast_json} labelledBy={notes} onChange={(ast_json) => set({ ast_json })} />
        </div>
        <div className="triple">
          <IdField label="Customer" value={fields.customer_id} onChange={(customer_id) => set({ customer_id })} />
          <IdField label="Lead" value={fields.lead_id} onChange={(lead_id) => set({ lead_id })} />
          <IdField label="Login" value={fields.login} onChange={(login) => set({ login })} />
        </div>
      </div>
      <footer className="panel-foot">
        <p className="error" role="alert">{error}</p>
        <button type="button" className="button" onClick={onCancel}>
          Discard
        </button>
        <button className="button primary" disabled={isSaving}>
          {isNew ? "Create" : "Save"}
        </button>
      </footer>
    </form>
  );
}

function problemOf(fields: Fields): string {
  if (!fields.title.trim()) return "Give it a title.";
  if (!(fields.start_time > 0) || Number.isNaN(fields.end_time)) return "Say when it is.";
  if (fields.end_time < fields.start_time) return "It ends before it starts.";
  return "";
}

/** Whose busy times matter: of an open event, of all who have not declined. */
function invitedTo(fields: Fields): number[] {
  if (fields.status !== EventStatus.OPEN) return [];
  const { participants, owner_manager_id } = fields;
  const isListed = participants.some((guest) => guest.manager_id === owner_manager_id);
  const coming = participants.filter((guest) => guest.status !== ParticipantStatus.DECLINED).map((guest) => guest.manager_id);
  return isListed ? coming : [owner_manager_id, ...coming];
}

/** The organizer of the list follows the owner. */
function withOwner(fields: Fields, owner: number) {
  const others = fields.participants
    .filter((guest) => guest.manager_id !== owner)
    .map((guest) => (guest.role === ParticipantRole.ORGANIZER ? { ...guest, role: ParticipantRole.REQUIRED } : guest));
  return [{ ...newGuest(owner), role: ParticipantRole.ORGANIZER, status: ParticipantStatus.ACCEPTED }, ...others];
}

interface TimeProps {
  fields: Fields;
  zone: string;
  onChange: (changes: Partial<Fields>) => void;
}

export function TimeFields({ fields, zone, onChange }: TimeProps) {
  const isWhole = fields.all_day === 1;
  const set = (start_time: number, end_time: number) =>
    onChange({ start_time, end_time, ...movedReminder(fields, start_time) });
  const toggle = () => {
    const date = isWhole ? allDayDates(fields as EventRow).first : dateIn(fields.start_time, zone);
    const times = isWhole
      ? { start_time: secondsOf(date, "09:00", zone), end_time: secondsOf(date, "09:00", zone) + HOUR_SEC }
      : allDayTimes(date, date, eventZone(fields));
    onChange({ ...times, all_day: isWhole ? 0 : 1, ...movedReminder(fields, times.start_time) });
  };
  return (
    <fieldset className="times">
      <legend className="visually-hidden">When</legend>
      {isWhole ? <WholeDays fields={fields} onSet={set} /> : <Clock fields={fields} zone={zone} onSet={set} />}
      <label className="switch">
        <input type="checkbox" role="switch" checked={isWhole} onChange={toggle} />
        All day
        <span className="faint">{isWhole ? "on these dates in every zone" : zone.replace(/_/g, " ")}</span>
      </label>
    </fieldset>
  );
}

type SetTimes = (start_time: number, end_time: number) => void;

function WholeDays({ fields, onSet }: { fields: Fields; onSet: SetTimes }) {
  const { first, last } = allDayDates(fields as EventRow);
  const set = (from: string, to: string) => {
    if (!from || !to) return;
    const times = allDayTimes(from, to < from ? from : to, eventZone(fields));
    onSet(times.start_time, times.end_time);
  };
  return (
    <div className="pair">
      <DateInput label="From" value={first} onChange={(date) => set(date, last)} />
      <DateInput label="To" value={last} onChange={(date) => set(first, date)} />
    </div>
  );
}

function Clock({ fields, zone, onSet }: { fields: Fields; zone: string; onSet: SetTimes }) {
  const { start_time, end_time } = fields;
  const from = { date: dateIn(start_time, zone), time: timeIn(start_time, zone) };
  const to = { date: dateIn(end_time, zone), time: timeIn(end_time, zone) };
  const setStart = (date: string, time: string) => {
    const start = secondsOf(date, time, zone);
    if (!Number.isNaN(start)) onSet(start, movedEnd({ start_time, end_time }, start, zone));
  };
  const setEnd = (date: string, time: string) => {
    const end = secondsOf(date, time, zone);
    if (!Number.isNaN(end)) onSet(start_time, end);
  };
  return (
    <>
      <div className="moment">
        <DateInput label="Starts" value={from.date} onChange={(date) => setStart(date, from.time)} />
        <TimeInput label="Start time" value={from.time} onChange={(time) => setStart(from.date, time)} />
      </div>
      <div className="moment">
        <DateInput label="Ends" value={to.date} onChange={(date) => setEnd(date, to.time)} />
        <TimeInput label="End time" value={to.time} onChange={(time) => setEnd(to.date, time)} />
      </div>
    </>
  );
}

interface InputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function DateInput({ label, value, onChange }: InputProps) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input className="input" type="date" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function TimeInput({ label, value, onChange }: InputProps) {
  return <input className="input" type="time" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} />;
}

function IdField({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const set = (text: string) => onChange(Math.min(Number(text.replace(/\D/g, "")), Number.MAX_SAFE_INTEGER));
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input className="input" inputMode="numeric" placeholder="—" value={value || ""} onChange={(event) => set(event.target.value)} />
    </label>
  );
}
