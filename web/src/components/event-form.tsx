// The form of an event.

import { useId, useState, type ReactNode } from "react";
import type { Api } from "../api";
import { busyText, invitedTo, isMeeting } from "../busy";
import type { Fields } from "../event-fields";
import { newParticipant } from "../participants";
import { PRIORITIES, TYPES } from "../labels";
import { AstEditor } from "../lazy-parts";
import { ParticipantRole, ParticipantStatus, type EventRow, type EventType, type Priority } from "../types.gen";
import { useBusy } from "../use-busy";
import type { Directory } from "../use-directory";
import { FormFreeTimes } from "./form-free-times";
import { Icon } from "./icon";
import { PeopleField } from "./people-field";
import { CallFields, PlaceFields } from "./place-fields";
import { RepeatField } from "./repeat-field";
import { ReminderField } from "./reminder-field";
import { TimeFields } from "./time-fields";

interface Props {
  fields: Fields;
  /** The event as it is on the server; null: a new one. */
  saved: EventRow | null;
  /** What happened to the event meanwhile; empty: nothing. */
  note: string;
  saveLabel: string;
  /** Under the title, such as what its words were understood as. */
  hints?: ReactNode;
  zone: string;
  directory: Directory;
  api: Api;
  onChange: (changes: Partial<Fields>) => void;
  onSave: () => Promise<void>;
  onClose: () => void;
  onDiscard: () => void;
}

export function EventForm({ fields, saved, note, saveLabel, hints, zone, directory, api, onChange: set, onSave, onClose, onDiscard }: Props) {
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState("");
  const notes = useId();
  const isNew = saved === null;
  const busy = useBusy(api, invitedTo(fields), fields.start_time, fields.end_time, saved?.id ?? null);
  const submit = async () => {
    const wrong = problemOf(fields);
    setError(wrong);
    // Enter in the title sends the form also while its button is disabled.
    if (wrong || isSaving) return;
    setIsSaving(true);
    await onSave();
    setIsSaving(false);
  };
  const desks = directory.desks.filter((desk) => desk.brand === fields.brand);
  return (
    <form className="panel-box" noValidate onSubmit={(event) => (event.preventDefault(), void submit())}>
      <header className="panel-head">
        <div className="panel-tools">
          <span className="kind">{isNew ? "New event" : "Edit event"}</span>
          <span className="spring" />
          <button type="button" className="icon-button" aria-label="Close" title="Close; what you typed is kept as a draft" onClick={onClose}>
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
        {hints}
      </header>
      <div className="panel-body form">
        {note && <p className="note" role="status">{note}</p>}
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
        <RepeatField fields={fields} saved={saved} api={api} onChange={set} />
        <PlaceFields fields={fields} onChange={set} />
        {isMeeting(fields) && <FormFreeTimes fields={fields} excluded={saved?.id ?? null} zone={zone} directory={directory} api={api} onChange={set} />}
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
        <CallFields fields={fields} onChange={set} />
        <PeopleField
          participants={fields.participants}
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
          <AstEditor ast={fields.ast_json} labelledBy={notes} nameOf={(id) => directory.person(id).name} onChange={(ast_json) => set({ ast_json })} />
        </div>
        <div className="triple">
          <IdField label="Customer" value={fields.customer_id} onChange={(customer_id) => set({ customer_id })} />
          <IdField label="Lead" value={fields.lead_id} onChange={(lead_id) => set({ lead_id })} />
          <IdField label="Login" value={fields.login} onChange={(login) => set({ login })} />
        </div>
      </div>
      <footer className="panel-foot">
        <p className="error" role="alert">{error}</p>
        <button type="button" className="button" onClick={onDiscard}>
          Discard
        </button>
        <button className="button primary" disabled={isSaving}>
          {saveLabel}
        </button>
      </footer>
    </form>
  );
}

export function problemOf(fields: Fields): string {
  if (!fields.title.trim()) return "Give it a title.";
  if (!(fields.start_time > 0) || Number.isNaN(fields.end_time)) return "Say when it is.";
  if (fields.end_time < fields.start_time) return "It ends before it starts.";
  return "";
}

/** The organizer of the list follows the owner. */
function withOwner(fields: Fields, owner: number) {
  const others = fields.participants
    .filter((participant) => participant.manager_id !== owner)
    .map((participant) => (participant.role === ParticipantRole.ORGANIZER ? { ...participant, role: ParticipantRole.REQUIRED } : participant));
  return [{ ...newParticipant(owner), role: ParticipantRole.ORGANIZER, status: ParticipantStatus.ACCEPTED }, ...others];
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
