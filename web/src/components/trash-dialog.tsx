// Deleted events: who deleted them and when, until when they are kept, and the way back.

import { useEffect, useEffectEvent, useState } from "react";
import type { Actions } from "../actions";
import type { Api } from "../api";
import { whenText } from "../calendar-event";
import { fitsSearch } from "../search";
import { stampText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { TrashRow } from "../wire";
import { Dialog } from "./dialog";
import { Icon, TypeIcon } from "./icon";

interface Props {
  zone: string;
  directory: Directory;
  api: Api;
  actions: Actions;
  onClose: () => void;
}

/** While a search finds fewer, further pages are loaded. */
const ENOUGH_FOUND = 20;

export function TrashDialog({ zone, directory, api, actions, onClose }: Props) {
  const trash = useTrash(api);
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [isBusy, setIsBusy] = useState(false);
  const found = trash.rows.filter(({ event }) => fitsSearch(event, search));
  const wanted = found.filter(({ event }) => chosen.has(event.id));
  const isShort = search.trim() !== "" && found.length < ENOUGH_FOUND && trash.hasMore;
  const loadMore = useEffectEvent(trash.more);
  const isIdle = !trash.isLoading && !trash.problem;
  useEffect(() => {
    if (isShort && isIdle) loadMore();
  }, [isShort, isIdle]);

  const restore = async (rows: EventRow[]) => {
    setIsBusy(true);
    trash.forget(await actions.many.restore(rows, trash.reload));
    setChosen(new Set());
    setIsBusy(false);
  };
  const toggle = (id: number) => setChosen((all) => (all.has(id) ? new Set([...all].filter((one) => one !== id)) : new Set([...all, id])));
  const isAll = found.length > 0 && wanted.length === found.length;
  const footer = (
    <>
      <label className="trash-all">
        <input type="checkbox" checked={isAll} disabled={!found.length} onChange={() => setChosen(new Set(isAll ? [] : found.map(({ event }) => event.id)))} />
        All {found.length || ""}
      </label>
      <span className="spring" />
      <button type="button" className="button primary" disabled={!wanted.length || isBusy} onClick={() => void restore(wanted.map(({ event }) => event))}>
        Restore {wanted.length || ""}
      </button>
    </>
  );
  return (
    <Dialog title="Trash" wide footer={trash.rows.length ? footer : undefined} onClose={onClose}>
      <input type="search" className="input wide" aria-label="Search in the trash" placeholder="Search in the trash" value={search} onChange={(event) => setSearch(event.target.value)} />
      <p className="hint" role="status">{statusText(trash, found.length, search)}</p>
      <ul className="trash-list">
        {found.map((row) => (
          <li key={row.event.id} className="trash-row">
            <input type="checkbox" aria-label={row.event.title} checked={chosen.has(row.event.id)} onChange={() => toggle(row.event.id)} />
            <div className="trash-text">
              <strong><TypeIcon type={row.event.type} /> {row.event.title}</strong>
              <small>{whenText(row.event, zone)} · {directory.person(row.event.owner_manager_id).name}</small>
              <small>{deletedText(row, zone, directory)}</small>
            </div>
            <button type="button" className="button small" disabled={isBusy} aria-label={`Restore ${row.event.title}`} onClick={() => void restore([row.event])}>
              <Icon name="undo" size={14} />
              Restore
            </button>
          </li>
        ))}
      </ul>
      {(trash.problem || (trash.hasMore && !isShort)) && (
        <button type="button" className="button wide" disabled={trash.isLoading} onClick={trash.more}>{trash.problem ? "Try again" : "Show more"}</button>
      )}
    </Dialog>
  );
}

interface Trash {
  rows: TrashRow[];
  isLoading: boolean;
  hasMore: boolean;
  /** Why a page could not be loaded; empty: none failed. */
  problem: string;
  /** The next page, or the one that could not be loaded. */
  more: () => void;
  /** From the first page on. */
  reload: () => void;
  /** Takes out what is restored. */
  forget: (rows: EventRow[]) => void;
}

/** Pages of the trash, the first one at once. */
function useTrash(api: Api): Trash {
  const [rows, setRows] = useState<TrashRow[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [isLoading, setIsLoading] = useState(true);
  const [problem, setProblem] = useState("");
  const load = useEffectEvent((before: string | null, isStale: () => boolean) =>
    api
      .trash(before)
      .then(
        (page) => {
          if (isStale()) return;
          setRows((all) => [...(before ? all : []), ...page.rows]);
          setNext(page.next);
        },
        (failure: Error) => setProblem(failure.message),
      )
      .finally(() => setIsLoading(false)),
  );
  const [wanted, setWanted] = useState<{ before: string | null }>({ before: null });
  useEffect(() => {
    let isStale = false;
    void load(wanted.before, () => isStale);
    return () => {
      isStale = true;
    };
  }, [api, wanted]);
  const ask = (before: string | null) => {
    setIsLoading(true);
    setProblem("");
    setWanted({ before });
  };
  return {
    rows,
    isLoading,
    hasMore: next !== null,
    problem,
    more: () => {
      if (!isLoading && (next !== null || problem)) ask(problem ? wanted.before : next);
    },
    reload: () => ask(null),
    forget: (gone) => {
      const ids = new Set(gone.map((row) => row.id));
      setRows((all) => all.filter(({ event }) => !ids.has(event.id)));
    },
  };
}

function statusText({ rows, isLoading, hasMore, problem }: Trash, found: number, search: string): string {
  if (problem) return problem;
  if (isLoading) return "Loading…";
  if (!rows.length) return "The trash is empty.";
  const more = hasMore ? " or more" : "";
  return search.trim() ? `${found}${more} found` : `${rows.length}${more} deleted ${rows.length === 1 ? "event" : "events"}, the last deleted first`;
}

function deletedText({ event, deleted_time, deleted_by }: TrashRow, zone: string, { person, trashSec }: Directory): string {
  const until = trashSec ? ` · kept until ${stampText(deleted_time + trashSec, zone)}` : "";
  const who = deleted_by ? person(deleted_by).name : "the server";
  const alone = event.series_id ? " · comes back as a single event" : "";
  return `Deleted by ${who}, ${stampText(deleted_time, zone)}${until}${alone}`;
}
