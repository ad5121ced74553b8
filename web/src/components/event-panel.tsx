// The side panel: an event to read, or the form to change it.

import { useEffect, useRef, useState } from "react";
import type { Api } from "../api";
import type { Fields } from "../event-fields";
import { fieldsOf } from "../event-fields";
import type { Session } from "../session";
import type { EventRow } from "../types.gen";
import type { Actions } from "../actions";
import type { Directory } from "../use-directory";
import { EventDetails } from "./event-details";
import { EventForm } from "./event-form";

interface Props {
  row: EventRow | null;
  /** Of a new event. */
  draft: Fields | null;
  zone: string;
  session: Session;
  directory: Directory;
  api: Api;
  actions: Actions;
  onOpen: (row: EventRow) => void;
  onClose: () => void;
}

export function EventPanel({ row, draft, zone, session, directory, api, actions, onOpen, onClose }: Props) {
  const [base, setBase] = useState<EventRow | null>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.querySelector<HTMLElement>("[data-first]")?.focus({ preventScroll: true });
    return () => before?.isConnected ? before.focus({ preventScroll: true }) : undefined;
  }, []);
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (base) setBase(null);
    else onClose();
  };
  const save = async (fields: Fields) => {
    if (draft) {
      const made = await actions.create(fields);
      if (made) onOpen(made);
    } else if (base) {
      if (await actions.save(base, fields)) setBase(null);
    }
  };
  const edited = draft ?? (base && fieldsOf(base));
  return (
    <aside ref={panel} className="panel" aria-label={draft ? "New event" : "Event"} onKeyDown={onKey}>
      {edited ? (
        <EventForm
          initial={edited}
          saved={draft ? null : (row ?? base)}
          changedMeanwhile={Boolean(base && row && row.version !== base.version)}
          zone={zone}
          directory={directory}
          api={api}
          onSave={save}
          onCancel={() => (base ? setBase(null) : onClose())}
        />
      ) : row ? (
        <EventDetails row={row} zone={zone} session={session} directory={directory} actions={actions} onEdit={() => setBase(row)} onClose={onClose} />
      ) : null}
    </aside>
  );
}
