// Two edits of the same field: both versions, and a choice for each.

import { useState } from "react";
import { plainText, readAst } from "../ast/ast-tree";
import { whenText } from "../calendar-event";
import { fieldsOf, type FieldName, type Fields } from "../event-fields";
import { poolText, showAsText } from "../event-words";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "../labels";
import type { EventRow } from "../types.gen";
import type { Conflict } from "../actions";
import type { Directory } from "../use-directory";
import { Dialog } from "./dialog";

interface Props {
  conflict: Conflict;
  zone: string;
  directory: Directory;
  me: number;
  onSettle: (mine: FieldName[]) => void;
  /** Back to the form, with all that was typed. */
  onBack: () => void;
}

const NAMES: Partial<Record<FieldName, string>> = {
  title: "Title", start_time: "When", ast_json: "Notes", status: "Status", type: "Type", priority: "Priority", desk: "Desk", brand: "Brand",
  owner_manager_id: "Organizer", customer_id: "Customer", lead_id: "Lead", login: "Login", remind_time: "Reminder time",
  remind_before_sec: "Reminder", timezone: "Time zone",
  location: "Location", show_as: "Show as", customer_timezone: "Customer's zone", pool_after_sec: "Offer to the pool",
};

export function ConflictDialog({ conflict, zone, directory, me, onSettle, onBack }: Props) {
  const { merged, mine, theirs } = conflict;
  const [chosen, setChosen] = useState<FieldName[]>(merged.collisions);
  const other = theirs.updated_by === me ? "you, in another tab" : directory.person(theirs.updated_by).name;
  const saved = other.charAt(0).toUpperCase() + other.slice(1);
  const pick = (name: FieldName, isMine: boolean) => setChosen((all) => (isMine ? [...all, name] : all.filter((one) => one !== name)));
  const footer = (
    <>
      <button type="button" className="button" onClick={() => onSettle([])}>
        Keep theirs, drop my changes
      </button>
      <button type="button" className="button primary" onClick={() => onSettle(chosen)}>
        Save my choice
      </button>
    </>
  );
  return (
    <Dialog title="Two people changed this event" wide footer={footer} onClose={onBack}>
      <p className="hint">{saved} saved while you were editing. Choose what shall stand; everything else is merged.</p>
      {merged.collisions.map((name) => (
        <fieldset key={name} className="versions">
          <legend className="label">{NAMES[name] ?? name}</legend>
          <Version label="Yours" text={shown(mine, name, zone, directory)} isChosen={chosen.includes(name)} name={name} onChoose={() => pick(name, true)} />
          <Version label={`By ${other}`} text={shown(fieldsOf(theirs), name, zone, directory)} isChosen={!chosen.includes(name)} name={name} onChoose={() => pick(name, false)} />
        </fieldset>
      ))}
    </Dialog>
  );
}

interface VersionProps {
  label: string;
  text: string;
  name: string;
  isChosen: boolean;
  onChoose: () => void;
}

function Version({ label, text, name, isChosen, onChoose }: VersionProps) {
  return (
    <label className="version" data-chosen={isChosen}>
      <input type="radio" name={`version-${name}`} checked={isChosen} onChange={onChoose} />
      <span>
        <small>{label}</small>
        <span className="version-text">{text}</span>
      </span>
    </label>
  );
}

function shown(fields: Fields, name: FieldName, zone: string, directory: Directory): string {
  switch (name) {
    case "start_time":
      return whenText(fields as unknown as EventRow, zone);
    case "ast_json":
      return plainText(readAst(fields.ast_json)) || "Empty";
    case "status":
      return labelOf(STATUSES, fields.status);
    case "type":
      return labelOf(TYPES, fields.type);
    case "priority":
      return labelOf(PRIORITIES, fields.priority);
    case "owner_manager_id":
      return directory.person(fields.owner_manager_id).name;
    case "show_as":
      return showAsText(fields.show_as);
    case "pool_after_sec":
      return poolText(fields.pool_after_sec);
    default:
      return String(fields[name] || "None");
  }
}
