// What can be done to an event from menu, panel, cards and keys, with the questions that are asked before.

import { useMemo, useState } from "react";
import type { Actions } from "./actions";
import type { DetailsHost } from "./components/event-details";
import type { Question } from "./components/confirm-dialog";
import { fieldsOf } from "./event-fields";
import { givenTo } from "./desk-day";
import { shiftedTimes, stretchedTimes, timesOf, type Moved } from "./moving";
import { copyText } from "./insecure-page";
import { isAdmin, type Session } from "./session";
import { EventStatus, ParticipantStatus, type EventRow } from "./types.gen";
import { needsOutcome, type Directory } from "./use-directory";
import type { Editing } from "./use-edit";
import type { AskScope, Scope } from "./use-scope";
import type { Tell } from "./use-toasts";

interface Parts {
  session: Session;
  zone: string;
  directory: Directory;
  actions: Actions;
  editing: Editing;
  tell: Tell;
  ask: AskScope;
  onOpen: (row: EventRow) => void;
  onClose: () => void;
  onCustomer: (row: EventRow) => void;
  onGive: (row: EventRow) => void;
}

export interface EventHost extends DetailsHost {
  /** Gives it to another manager; the owner before no longer takes part. */
  onGiven: (row: EventRow, manager: number) => void;
  onDone: (row: EventRow) => void;
  onNudge: (row: EventRow, key: string, isResize: boolean) => void;
  /** Something done to many events; asked about first where some are meetings of others. */
  onMany: (rows: EventRow[], yes: string, act: () => void) => void;
}

const STATUS_VERBS: Partial<Record<EventStatus, string>> = { [EventStatus.CANCELLED]: "Cancel", [EventStatus.ARCHIVED]: "Archive" };
const QUARTER_SEC = 900;
const DAY_SEC = 86_400;

/** Whether the session leads a desk, or may see all of them. */
export function isLead(session: Session, directory: Directory): boolean {
  return isAdmin(session) || directory.desks.some((desk) => desk.manager_id === session.id);
}

function othersText(others: number, all: number): string {
  if (all === 1) return "This event is somebody else's meeting.";
  return others === 1 ? `One of these ${all} events is somebody else's meeting.` : `${others} of these ${all} events are meetings of others.`;
}

export function useEventHost(parts: Parts): { host: EventHost; question: Question | null; setQuestion: (question: Question | null) => void } {
  const { session, zone, directory, actions, editing, tell, ask, onOpen, onClose, onCustomer, onGive } = parts;
  const [question, setQuestion] = useState<Question | null>(null);
  const [asked] = useState(() => new Set<number>());

  const host = useMemo((): EventHost => {
    const isOthers = (row: EventRow) => {
      const people = row.participants.filter((participant) => participant.manager_id !== session.id).length;
      return row.owner_manager_id !== session.id && people >= 2 && !asked.has(row.id);
    };
    /** Somebody else's meeting: asked once. */
    const guarded = (row: EventRow, yes: string, act: () => void) => {
      const problem = directory.changeProblem(row);
      if (problem) return tell(problem, { failed: true });
      if (!isOthers(row)) return act();
      setQuestion({
        title: "Change somebody else's meeting?",
        text: `“${row.title}” is ${directory.person(row.owner_manager_id).name}'s, with ${row.participants.length} people. What you do is done for all of them. This is asked once for each meeting.`,
        yes,
        act: () => {
          asked.add(row.id);
          act();
        },
      });
    };
    const move = (row: EventRow, times: Moved) => guarded(row, "Move it", () => ask(row, "Move", (scope) => actions.move(row, times, scope)));
    /** Opens it with the outcomes that complete it. */
    const choose = (row: EventRow) => {
      onOpen(row);
      document.querySelector(".outcome-box")?.scrollIntoView({ block: "nearest" });
      tell(`Choose an outcome to complete “${row.title}”`);
    };
    /** Done, and open again, are for one occurrence each. */
    const setStatus = (row: EventRow, status: EventStatus) =>
      guarded(row, "Change it", () => {
        if (status === EventStatus.DONE && needsOutcome(row, directory)) return choose(row);
        const verb = STATUS_VERBS[status];
        if (verb) ask(row, verb, (scope) => actions.setStatus(row, status, scope));
        else actions.setStatus(row, status);
      });
    const remove = (row: EventRow, scope: Scope) => void actions.remove(row, scope).then((isGone) => isGone && onClose());
    return {
      zone,
      changeProblem: directory.changeProblem,
      onOpen,
      onCustomer,
      onMove: move,
      onGive: (row) => guarded(row, "Give it", () => onGive(row)),
      onGiven: (row, manager) => ask(row, "Give", (scope) => actions.move(row, { ...timesOf(row), ...givenTo(row, manager, false) }, scope)),
      onStatus: setStatus,
      onEdit: (row) => guarded(row, "Edit it", () => (onOpen(row), editing.startEdit(row))),
      onDelete: (row) => guarded(row, "Delete it", () => ask(row, "Delete", (scope) => remove(row, scope))),
      onAnswer: (row, status) => ask(row, "Answer", (scope) => actions.answer(row, status, scope)),
      onDuplicate: (row) => {
        const participants = fieldsOf(row).participants.map((participant) => (participant.manager_id === row.owner_manager_id ? participant : { ...participant, status: ParticipantStatus.INVITED }));
        editing.startNew({ ...fieldsOf(row), status: EventStatus.OPEN, participants }, false);
      },
      onCopyLink: (row) => {
        const address = `${location.origin}${location.pathname}?event=${row.id}`;
        void copyText(address).then((isCopied) => (isCopied ? tell("Link copied") : tell(`The browser did not let us copy it: ${address}`, { failed: true })));
      },
      onResume: editing.resume,
      onDone: (row) => setStatus(row, row.status === EventStatus.OPEN ? EventStatus.DONE : EventStatus.OPEN),
      onMany: (rows, yes, act) => {
        const others = rows.filter(isOthers);
        if (!others.length) return act();
        setQuestion({
          title: "Change meetings of others?",
          text: `${othersText(others.length, rows.length)} What you do is done for all who take part. This is asked once for each meeting.`,
          yes,
          act: () => {
            for (const row of others) asked.add(row.id);
            act();
          },
        });
      },
      onNudge: (row, key, isResize) => {
        const sign = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
        const isDay = key === "ArrowLeft" || key === "ArrowRight" || row.all_day === 1;
        if (isResize) move(row, stretchedTimes(row, sign * (isDay ? DAY_SEC : QUARTER_SEC)));
        else move(row, shiftedTimes(row, sign * (isDay ? DAY_SEC : QUARTER_SEC), zone));
      },
    };
  }, [session, zone, directory, actions, editing, tell, ask, onOpen, onClose, onCustomer, onGive, asked]);
  return { host, question, setQuestion };
}
