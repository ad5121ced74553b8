// What can be done to the selected events at once.

import { useState } from "react";
import type { Actions } from "../actions";
import { countText } from "../labels";
import { EventStatus, type EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { EventHost } from "../use-event-host";
import { useHeightVariable } from "../use-height-variable";
import type { Selection } from "../use-selection";
import { Dialog } from "./dialog";
import { GiveDialog } from "./give-dialog";
import { Icon, type IconName } from "./icon";

interface Props {
  selection: Selection;
  zone: string;
  directory: Directory;
  actions: Actions;
  host: EventHost;
}

type Asking = "days" | "owner" | null;

export function SelectionBar({ selection, zone, directory, actions, host }: Props) {
  const [asking, setAsking] = useState<Asking>(null);
  const { rows, clear } = selection;
  const { many } = actions;
  const box = useHeightVariable<HTMLDivElement>("--selection-height", selection.isOn);
  if (!selection.isOn) return null;
  const act = (yes: string, work: (rows: EventRow[]) => Promise<void>, keeps = false) => host.onMany(rows, yes, () => void work(rows).then(keeps ? undefined : clear));
  const move = (days: number) => act("Move them", (all) => many.move(all, days, zone), true);
  const setStatus = (status: EventStatus) => act("Change them", (all) => many.setStatus(all, status));
  const button = (label: string, icon: IconName, work: () => void) => (
    <button type="button" className="button small" disabled={!rows.length} onClick={work}>
      <Icon name={icon} size={14} />
      {label}
    </button>
  );
  return (
    <div ref={box} className="selection-bar" role="toolbar" aria-label="Selected events">
      <span className="selection-count" role="status">
        {rows.length ? `${rows.length} selected` : "Choose events"}
        {rows.some((row) => row.series_id) && <span className="selection-note"> · these alone, not their series</span>}
      </span>
      {button("−1 day", "left", () => move(-1))}
      {button("+1 day", "right", () => move(1))}
      {button("Move…", "clock", () => setAsking("days"))}
      {button("Give to…", "person", () => setAsking("owner"))}
      {button("Complete", "check", () => setStatus(EventStatus.DONE))}
      {button("Archive", "archive", () => setStatus(EventStatus.ARCHIVED))}
      {button("Delete", "trash", () => act("Delete them", (all) => many.remove(all)))}
      <button type="button" className="icon-button small" aria-label="End the selection" title="End the selection" onClick={clear}>
        <Icon name="close" size={14} />
      </button>
      {asking === "days" && <DaysDialog count={rows.length} onMove={move} onClose={() => setAsking(null)} />}
      {asking === "owner" && <GiveDialog title={`Give ${countText(rows.length, "event")} to somebody`} directory={directory} onGive={(manager) => act("Give them", (all) => many.reassign(all, manager))} onClose={() => setAsking(null)} />}
    </div>
  );
}

const MOST_DAYS = 3660;

function DaysDialog({ count, onMove, onClose }: { count: number; onMove: (days: number) => void; onClose: () => void }) {
  const [text, setText] = useState("7");
  const days = Number(text);
  const isUsable = Number.isInteger(days) && days !== 0 && Math.abs(days) <= MOST_DAYS;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!isUsable) return;
    onClose();
    onMove(days);
  };
  return (
    <Dialog title={`Move ${countText(count, "event")}`} onClose={onClose}>
      <form className="selection-form" onSubmit={submit}>
        <label className="field">
          <span className="label">By how many days; with − in front, back</span>
          <input className="input" type="number" step={1} min={-MOST_DAYS} max={MOST_DAYS} data-first value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <p className="hint">Each keeps its time of day and its length.</p>
        <button type="submit" className="button primary" disabled={!isUsable}>Move</button>
      </form>
    </Dialog>
  );
}
