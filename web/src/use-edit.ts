// The form that is open, and drafts that wait; kept by the tab, so that a reload loses nothing.

import { useCallback, useEffect, useMemo, useState } from "react";
import { isWorthKeeping, left, opened, readDrafts, resumed, type Drafts, type Edit } from "./drafts";
import { fieldsOf, type Fields } from "./event-fields";
import type { EventRow } from "./types.gen";
import type { Tell } from "./use-toasts";

const KEY = "deskcal.drafts.";

export interface Editing {
  edit: Edit | null;
  drafts: Edit[];
  startNew: (fields: Fields, isQuick: boolean) => void;
  startEdit: (row: EventRow) => void;
  change: (changes: Partial<Fields>) => void;
  /** From the small box to the whole form. */
  expand: () => void;
  /** Closes the form; what was typed waits as a draft. */
  leave: () => void;
  /** The same before the form is drawn: what was typed for it goes on with its title. */
  leaveTitled: (typed: string) => void;
  /** Closes the form for good: saved. */
  finish: () => void;
  /** Closes the form and forgets what was typed; can be undone. */
  discard: () => void;
  resume: (edit: Edit) => void;
}

export function useEdit(me: number, tell: Tell): Editing {
  const [drafts, setDrafts] = useState<Drafts>(() => readDrafts(sessionStorage.getItem(KEY + me)));
  useEffect(() => {
    try {
      sessionStorage.setItem(KEY + me, JSON.stringify(drafts));
    } catch {
      sessionStorage.removeItem(KEY + me);
    }
  }, [drafts, me]);
  const { open: edit, waiting } = drafts;
  const resume = useCallback((one: Edit) => setDrafts((all) => resumed(all, one)), []);
  const announce = useCallback(
    (one: Edit | null) => {
      if (one && isWorthKeeping(one)) tell(`Kept as a draft: ${one.fields.title.trim() || "New event"}`, { action: { label: "Continue", act: () => resume(one) } });
    },
    [tell, resume],
  );
  const start = useCallback(
    (one: Edit) => {
      if (edit && edit.base?.id !== one.base?.id) announce(edit);
      setDrafts((all) => opened(all, one));
    },
    [edit, announce],
  );
  return useMemo(
    () => ({
      edit,
      drafts: waiting,
      startNew: (fields, isQuick) => start({ base: null, initial: fields, fields, isQuick }),
      startEdit: (row) => start({ base: row, initial: fieldsOf(row), fields: fieldsOf(row), isQuick: false }),
      change: (changes) => setDrafts((all) => (all.open ? { ...all, open: { ...all.open, fields: { ...all.open.fields, ...changes } } } : all)),
      expand: () => setDrafts((all) => (all.open ? { ...all, open: { ...all.open, isQuick: false } } : all)),
      leave: () => {
        announce(edit);
        setDrafts(left);
      },
      leaveTitled: (typed) => {
        const one = edit && { ...edit, fields: { ...edit.fields, title: edit.fields.title + typed } };
        announce(one);
        setDrafts((all) => left({ ...all, open: one }));
      },
      finish: () => setDrafts((all) => ({ ...all, open: null })),
      discard: () => {
        if (edit && isWorthKeeping(edit)) tell("Discarded what you typed", { undo: () => resume(edit) });
        setDrafts((all) => ({ ...all, open: null }));
      },
      resume,
    }),
    [edit, waiting, start, announce, resume, tell],
  );
}
