// The side panel: an event to read, or the form to change it.

import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Api } from "../api";
import { isDirty, type Edit } from "../drafts";
import type { Session } from "../session";
import type { Settings } from "../settings";
import type { EventRow } from "../types.gen";
import type { CallDesk } from "../use-call-desk";
import type { Directory } from "../use-directory";
import type { Editing } from "../use-edit";
import { useFocusMoves } from "../use-focus";
import { eventIdAt } from "../use-selection";
import { elementOf } from "./event-pointer";
import { EventDetails, type DetailsHost } from "./event-details";
import { EventForm } from "./event-form";
import { QuickHints } from "./quick-hints";

export interface EventPanelProps {
  /** The event that is shown or edited as it is now; null: a new one, or one that is gone. */
  row: EventRow | null;
  editing: Editing;
  zone: string;
  session: Session;
  settings: Settings;
  directory: Directory;
  api: Api;
  details: DetailsHost;
  calls: CallDesk;
  onSave: (edit: Edit) => Promise<void>;
  onClose: () => void;
}

export function EventPanel({ row, editing, zone, session, settings, directory, api, details, calls, onSave, onClose }: EventPanelProps) {
  const panel = useRef<HTMLElement>(null);
  const { edit } = editing;
  const isForm = edit !== null && !edit.isQuick;
  const [id] = useState(row?.id ?? 0);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.querySelector<HTMLElement>("[data-first]")?.focus({ preventScroll: true });
    return () => focusAgain(before, id);
  }, [id]);
  useFocusWithin(panel);
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (isForm) editing.leave();
    else onClose();
  };
  return (
    <aside ref={panel} className="panel" aria-label={isForm && !edit.base ? "New event" : "Event"} onKeyDown={onKey}>
      {isForm ? (
        <EventForm
          key={edit.base?.id ?? "new"}
          fields={edit.fields}
          saved={edit.base ? (row ?? edit.base) : null}
          note={noteOf(edit, row)}
          saveLabel={!edit.base ? "Create" : row ? "Save" : "Save as a new event"}
          hints={!edit.base && <QuickHints fields={edit.fields} zone={zone} onChange={editing.change} />}
          zone={zone}
          directory={directory}
          api={api}
          onChange={editing.change}
          onSave={() => onSave(edit)}
          onClose={editing.leave}
          onDiscard={editing.discard}
        />
      ) : row ? (
        <EventDetails row={row} zone={zone} session={session} settings={settings} directory={directory} api={api} host={details} calls={calls} draft={editing.drafts.find((one) => one.base?.id === row.id) ?? null} onClose={onClose} />
      ) : null}
    </aside>
  );
}

/** The focus goes to the title of the event where the button that has it goes, such as "Complete" of an event that is done. */
function useFocusWithin(panel: RefObject<HTMLElement | null>): void {
  const focused = useRef<Element | null>(null);
  useFocusMoves((element) => (focused.current = panel.current?.contains(element) ? element : null));
  useLayoutEffect(() => {
    const isGone = focused.current?.isConnected === false;
    if (!isGone || document.activeElement !== document.body) return;
    // No field of a form: on a phone its keyboard would come up.
    panel.current?.querySelector<HTMLElement>("h2[data-first]")?.focus({ preventScroll: true });
  });
}

/** What had the focus before; where that is gone, was nothing or is another event by now, the event in the view, or else the view. */
function focusAgain(before: HTMLElement | null, id: number): void {
  const isThere = before?.isConnected && before !== document.body;
  const isOther = eventIdAt(before) !== id && eventIdAt(before) !== 0;
  const again = (isThere && !isOther && before) || elementOf(id) || (isThere && before) || document.getElementById("calendar");
  again?.focus({ preventScroll: true });
}

function noteOf(edit: Edit, row: EventRow | null): string {
  if (!edit.base) return "";
  if (!row) return "Somebody deleted this event meanwhile. What you typed is still here.";
  if (row.version === edit.base.version) return "";
  return isDirty(edit) ? "Somebody changed this event meanwhile. What does not collide is merged when you save." : "Somebody changed this event meanwhile.";
}
