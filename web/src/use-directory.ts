// Managers and desks by name. Events may name managers that the directory does not know.

import { useMemo, useSyncExternalStore } from "react";
import { NO_DIRECTORY } from "./directory-answer";
import { isOutcomeRequired } from "./outcomes";
import { colourOf, isColour } from "./people-colours";
import { isAdmin, type Session } from "./session";
import type { EventRow } from "./types.gen";
import type { Link } from "./use-connection";
import type { CallingHours } from "./calling-hours";
import type { DirectoryAnswer, DirectoryDesk, DirectoryManager, DirectoryOutcome } from "./wire";

export interface Person {
  id: number;
  name: string;
  brand: string;
  desks: string;
  colour: string;
}

export interface Directory {
  people: Person[];
  desks: DirectoryDesk[];
  brands: string[];
  /** A person of any id, with a name. */
  person: (id: number) => Person;
  deskTitle: (code: string) => string;
  /** Why the session may not change an event, in words; empty: it may, as far as the page can know. */
  changeProblem: (row: EventRow) => string;
  /** How long a deleted event can be restored; 0: not known. */
  trashSec: number;
  outcomes: DirectoryOutcome[];
  callingHours: CallingHours;
  /** Types of events that are completed with an outcome only. */
  outcomeTypes: number[];
}

export function useDirectory({ directory }: Link, session: Session, rows: EventRow[]): Directory {
  const answer = useSyncExternalStore(directory.watch, directory.get);
  const isListed = answer !== NO_DIRECTORY && answer.managers.length > 0;
  const key = useMemo(() => JSON.stringify(isListed ? NOTHING_SEEN : seenIn(rows)), [isListed, rows]);
  return useMemo(() => build(answer, session, JSON.parse(key) as Seen), [answer, session, key]);
}

interface Seen {
  managers: number[];
  desks: [string, string][];
}

const NOTHING_SEEN: Seen = { managers: [], desks: [] };

/** Without a directory: who and what the events name. */
function seenIn(rows: EventRow[]): Seen {
  const managers = new Set<number>();
  const desks = new Map<string, string>();
  for (const row of rows) {
    managers.add(row.owner_manager_id);
    for (const { manager_id } of row.participants) managers.add(manager_id);
    if (row.desk) desks.set(row.desk, row.brand);
  }
  return { managers: [...managers].sort((a, b) => a - b).slice(0, 60), desks: [...desks].sort() };
}

function build(answer: DirectoryAnswer, session: Session, seen: Seen): Directory {
  const people = new Map<number, Person>();
  for (const manager of answer.managers) if (!manager.disabled) people.set(manager.id, known(manager));
  for (const id of seen.managers) if (!people.has(id)) people.set(id, unlistedPerson(id));
  const all = new Map(answer.managers.map((manager) => [manager.id, known(manager)]));
  const me = { ...(people.get(session.id) ?? unlistedPerson(session.id)) };
  if (session.name) me.name = session.name;
  people.set(me.id, me);
  const desks = [...answer.desks, ...seen.desks.map(([code, brand]) => ({ code, brand, title: code }))];
  const titles = new Map(desks.map((desk) => [desk.code, desk.title || desk.code]));
  const person = (id: number) => people.get(id) ?? all.get(id) ?? unlistedPerson(id);
  const isOpenToAll = isAdmin(session) || answer.others_may_change !== 0;
  return {
    people: [...people.values()],
    desks,
    brands: [...new Set([...desks.map((desk) => desk.brand), ...[...people.values()].map((one) => one.brand)])].filter(Boolean).sort(),
    person,
    outcomes: answer.outcomes ?? [],
    callingHours: answer.calling_hours ?? {},
    outcomeTypes: answer.outcome_required_types ?? [],
    changeProblem: (row) =>
      isOpenToAll || row.owner_manager_id === session.id || row.created_by === session.id
        ? ""
        : `Only ${person(row.owner_manager_id).name}, who owns it, and admins may change this event.`,
    trashSec: answer.trash_retention_sec ?? 0,
    deskTitle: (code) => titles.get(code) ?? code,
  };
}

/** Whether it can be completed with an outcome only. */
export function needsOutcome({ type, outcome }: EventRow, { outcomes, outcomeTypes }: Directory): boolean {
  return !outcome && isOutcomeRequired(outcomes, outcomeTypes, type);
}

function known({ id, name, brand, desks, colour }: DirectoryManager): Person {
  const usable = isColour(colour) ? colour : colourOf(id);
  return { id, name: name || `Manager ${id}`, brand, desks, colour: usable };
}

function unlistedPerson(id: number): Person {
  return { id, name: `Manager ${id}`, brand: "", desks: "", colour: colourOf(id) };
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...(word ?? "?")][0]).join("").toLocaleUpperCase();
}
