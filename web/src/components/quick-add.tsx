// A small box at the slot: title, time and type; the rest is one click away.

import { useEffect, useState } from "react";
import { whenText } from "../calendar-event";
import type { Edit } from "../drafts";
import { TYPES } from "../labels";
import type { EventRow, EventType } from "../types.gen";
import type { Editing } from "../use-edit";
import { problemOf } from "./event-form";
import { Icon } from "./icon";
import { PopOver, type Anchor } from "./pop-over";
import { QuickHints, wordChanges } from "./quick-hints";

interface Props {
  edit: Edit;
  editing: Editing;
  zone: string;
  onType: (type: EventType) => void;
  onSave: (edit: Edit) => Promise<void>;
}

export function QuickAdd({ edit, editing, zone, onType, onSave }: Props) {
  const { fields } = edit;
  const [error, setError] = useState("");
  const [isSaving, setIsSaving] = useState(false);
  const anchor = useDraftBox(`${fields.start_time} ${fields.end_time} ${fields.all_day}`);
  const submit = async () => {
    const problem = problemOf(fields);
    setError(problem);
    if (problem || isSaving) return;
    setIsSaving(true);
    await onSave(edit);
    setIsSaving(false);
  };
  return (
    <PopOver anchor={anchor} className="quick-add" role="dialog" label="New event" onClose={editing.leave}>
      <form noValidate onSubmit={(event) => (event.preventDefault(), void submit())}>
        <div className="quick-head">
          <input className="input" aria-label="Title" placeholder="Call Anna tomorrow 15:00 #555 30m" autoFocus maxLength={500} value={fields.title} onChange={(event) => editing.change({ title: event.target.value })}
            onKeyDown={(event) => {
              // The first Enter takes over what the title says, so that it is seen before it counts.
              const changes = event.key === "Enter" ? wordChanges(fields, zone) : null;
              if (!changes) return;
              event.preventDefault();
              editing.change(changes);
            }} />
          <button type="button" className="icon-button" aria-label="Close" onClick={editing.leave}>
            <Icon name="close" size={14} />
          </button>
        </div>
        <QuickHints fields={fields} zone={zone} onChange={editing.change} />
        <p className="hint">{whenText(fields as unknown as EventRow, zone)}</p>
        <p className="error" role="alert">{error}</p>
        <div className="quick-foot">
          <select className="input small" aria-label="Type" value={fields.type} onChange={(event) => onType(Number(event.target.value) as EventType)}>
            {TYPES.map(([value, label]) => (
              <option key={value} value={value}>{label}</option>
            ))}
          </select>
          <span className="spring" />
          <button type="button" className="button small" onClick={editing.expand}>More</button>
          <button className="button small primary" disabled={isSaving}>Create</button>
        </div>
      </form>
    </PopOver>
  );
}

/** Where the draft is drawn, once it is; where it is not, the middle of the calendar. */
function useDraftBox(key: string): Anchor | null {
  const [found, setFound] = useState<{ key: string; box: Anchor } | null>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const drawn = document.querySelector(".ev-draft") ?? document.querySelector("#calendar");
      const box = drawn?.getBoundingClientRect();
      if (!box) return;
      const isWhole = drawn?.id === "calendar";
      setFound({ key, box: isWhole ? { left: box.left + 24, right: box.left + 24, top: box.top + 40, bottom: box.top + 40 } : box });
    });
    return () => cancelAnimationFrame(frame);
  }, [key]);
  return found?.box ?? null;
}
