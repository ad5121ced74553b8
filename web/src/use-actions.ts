// What a person does to events: sent to the server, told of, and undone.

import { useCallback, useMemo, useState } from "react";
import type { Api } from "./api";
import { type Times } from "./calendar-event";
import { changedFields, createData, fieldsOf, mergeFields, restoreData, withMine, type FieldName, type Fields, type Merged } from "./event-fields";
import { movedReminder } from "./reminder-choice";
import { EventStatus, type EventRow } from "./types.gen";
import type { Events } from "./use-events";
import type { Tell } from "./use-toasts";
import { ServerError } from "./wire";

/** Two edits that can't both stand, waiting for a person to choose. */
export interface Conflict {
  base: Fields;
  mine: Fields;
  theirs: EventRow;
  merged: Merged;
}

export interface Actions {
  create: (fields: Fields) => Promise<EventRow | null>;
  /** Whether the form can go: it is saved, or has become a conflict. */
  save: (base: EventRow, mine: Fields) => Promise<boolean>;
  move: (row: EventRow, times: Times) => void;
  setStatus: (row: EventRow, status: EventStatus) => void;
  remove: (row: EventRow) => Promise<boolean>;
  answer: (row: EventRow, status: number) => void;
  conflict: Conflict | null;
  /** Ends the conflict with my value for the fields named and theirs for the others. */
  settle: (mine: FieldName[] | null) => void;
}

const DONE_TEXT: Record<number, string> = { 0: "Reopened", 1: "Completed", 2: "Cancelled", 3: "Archived" };
const ANSWER_TEXT: Record<number, string> = { 1: "You accepted", 2: "You declined", 3: "You answered maybe to" };

export function useActions(api: Api, { put, drop }: Events, tell: Tell): Actions {
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const fail = useCallback((failure: unknown) => tell(reasonOf(failure), { failed: true }), [tell]);

  /** Sends what differs; what others changed meanwhile is merged, or becomes a conflict. */
  const send = useCallback(
    async (base: EventRow, mine: Fields): Promise<EventRow | null> => {
      let from = base;
      let wanted = mine;
      for (let tries = 0; tries < 4; tries++) {
        try {
          const row = await api.update({ id: base.id, ...changedFields(fieldsOf(from), wanted), if_version: from.version });
          put(row);
          return row;
        } catch (failure) {
          if (!(failure instanceof ServerError) || failure.status !== 409 || !failure.event) throw failure;
          const theirs = failure.event;
          put(theirs);
          const merged = mergeFields(fieldsOf(from), wanted, fieldsOf(theirs));
          if (merged.collisions.length) {
            setConflict({ base: fieldsOf(from), mine: wanted, theirs, merged });
            return null;
          }
          from = theirs;
          wanted = merged.fields;
        }
      }
      throw new ServerError(409, "CONFLICT", "Others keep changing this event; look at it again.");
    },
    [api, put],
  );

  const undoTo = useCallback(
    (before: EventRow, after: EventRow) => () => {
      const back = mergeFields(fieldsOf(after), fieldsOf(before), fieldsOf(after)).fields;
      send(after, back).then((row) => row && tell(`Undone: ${short(row)}`), fail);
    },
    [send, tell, fail],
  );

  const create = useCallback(
    async (fields: Fields) => {
      try {
        const row = await api.add(createData(fields, crypto.randomUUID()));
        put(row);
        const undo = () => void api.remove(row.id, row.version).then(() => drop(row.id), fail);
        tell(`Created: ${short(row)}`, { undo });
        return row;
      } catch (failure) {
        fail(failure);
        return null;
      }
    },
    [api, put, drop, tell, fail],
  );

  const save = useCallback(
    async (base: EventRow, mine: Fields) => {
      try {
        const row = await send(base, mine);
        if (row) tell(`Saved: ${short(row)}`, { undo: row.version > base.version ? undoTo(base, row) : undefined });
        return true;
      } catch (failure) {
        fail(failure);
        return false;
      }
    },
    [send, tell, fail, undoTo],
  );

  const move = useCallback(
    (row: EventRow, times: Times) => {
      const guess = { ...row, ...times, ...movedReminder(row, times.start_time) };
      put(guess, true);
      send(row, fieldsOf(guess)).then(
        (moved) => moved && tell(`Moved: ${short(moved)}`, { undo: undoTo(row, moved) }),
        (failure) => {
          put(row, true);
          fail(failure);
        },
      );
    },
    [send, put, tell, fail, undoTo],
  );

  const setStatus = useCallback(
    (row: EventRow, status: EventStatus) => {
      const done =
        status === EventStatus.DONE
          ? api.complete(row.id)
          : status === EventStatus.ARCHIVED
            ? api.archive(row.id)
            : api.update({ id: row.id, status });
      put({ ...row, status }, true);
      done.then(
        (after) => {
          put(after, true);
          tell(`${DONE_TEXT[status]}: ${short(row)}`, {
            undo: () => void api.update({ id: row.id, status: row.status }).then((back) => put(back), fail),
          });
        },
        (failure) => {
          put(row, true);
          fail(failure);
        },
      );
    },
    [api, put, tell, fail],
  );

  const remove = useCallback(
    async (row: EventRow) => {
      try {
        await api.remove(row.id, row.version);
      } catch (failure) {
        if (failure instanceof ServerError && failure.event) put(failure.event);
        fail(failure);
        return false;
      }
      drop(row.id);
      const key = crypto.randomUUID();
      tell(`Deleted: ${short(row)}`, { undo: () => void api.add(restoreData(row, key)).then((back) => put(back), fail) });
      return true;
    },
    [api, put, drop, tell, fail],
  );

  const answer = useCallback(
    (row: EventRow, status: number) => {
      api.respond(row.id, status).then((after) => {
        put(after);
        tell(`${ANSWER_TEXT[status]}: ${short(row)}`);
      }, fail);
    },
    [api, put, tell, fail],
  );

  const settle = useCallback(
    (names: FieldName[] | null) => {
      setConflict(null);
      if (!conflict || !names) return;
      const fields = withMine(conflict.merged.fields, conflict.mine, names);
      send(conflict.theirs, fields).then((row) => row && tell(`Saved: ${short(row)}`), fail);
    },
    [conflict, send, tell, fail],
  );

  return useMemo(
    () => ({ create, save, move, setStatus, remove, answer, conflict, settle }),
    [create, save, move, setStatus, remove, answer, conflict, settle],
  );
}

function short(row: Pick<EventRow, "title">): string {
  return row.title.length > 60 ? `${row.title.slice(0, 58)}…` : row.title;
}

function reasonOf(failure: unknown): string {
  if (failure instanceof ServerError) {
    return failure.status === 409 && !failure.message.includes("Others") ? "Somebody changed this event meanwhile; look at it again." : failure.message;
  }
  return "That did not work.";
}
