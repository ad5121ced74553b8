// What a search finds beyond what is shown.

import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { Api } from "../api";
import { plainText, readAst } from "../ast/ast-tree";
import { whenText } from "../calendar-event";
import { grouped, spanText } from "../search-groups";
import { markedPieces, snippet, type Piece } from "../search-marks";
import type { EventRow } from "../types.gen";
import { useSearch, type Search } from "../use-search";
import { Icon, TypeIcon } from "./icon";
import { moveInMenu } from "./menu-keys";

interface Props {
  api: Api;
  search: string;
  zone: string;
  /** Of the shown range; what is found where the server has no search. */
  shown: EventRow[];
  onOpen: (row: EventRow) => void;
}

/** Of `shown`, at most. */
const MOST_SHOWN = 30;
/** A series may fill a page: until there are as many entries, further pages are asked for by themselves. */
const FEWEST_ENTRIES = 8;
const MOST_BY_ITSELF = 250;

export function SearchResults({ api, search, zone, shown, onOpen }: Props) {
  const [isLeft, setIsLeft] = useState("");
  const wanted = search.trim();
  const found = useSearch(api, wanted);
  const isShown = wanted.length >= 2 && found.search === wanted && isLeft !== wanted;
  const rows = found.rows ?? shown.slice(0, MOST_SHOWN);
  const entries = grouped(rows);
  const wantsMore = isShown && found.next !== null && !found.isLoading && !found.problem && entries.length < FEWEST_ENTRIES && rows.length < MOST_BY_ITSELF;
  const { more } = found;
  useEffect(() => {
    if (wantsMore) more();
  }, [wantsMore, more]);
  if (!isShown) return null;
  const leave = () => {
    setIsLeft(wanted);
    document.getElementById("search")?.focus();
  };
  const open = (row: EventRow) => {
    setIsLeft(wanted);
    onOpen(row);
  };
  const onKey = (event: React.KeyboardEvent<HTMLElement>) => {
    if (event.key !== "Escape") return moveInMenu(event);
    // What is selected on the page stays.
    event.stopPropagation();
    leave();
  };
  return (
    <div className="found" role="region" aria-label="Found events" onKeyDown={onKey}>
      <p className="found-head">
        <span role="status">{statusText(found, shown.length)}</span>
        <button type="button" className="text-button" onClick={leave}>Close</button>
      </p>
      <ul className="plain-list">
        {entries.map((entry) => {
          const [row] = entry;
          if (!row) return null;
          return entry.length > 1 ? (
            <Occurrences key={`${wanted} ${row.series_id}`} rows={entry} mayBeMore={found.next !== null} search={wanted} zone={zone} onOpen={open} />
          ) : (
            <Result key={row.id} row={row} search={wanted} zone={zone} onOpen={open} />
          );
        })}
      </ul>
      {found.next !== null && <More isLoading={found.isLoading} onMore={more} />}
    </div>
  );
}

/** Disabled, it would lose the focus to the page; once there is no more, the last result before has it. */
function More({ isLoading, onMore }: { isLoading: boolean; onMore: () => void }) {
  const box = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = box.current;
    return () => {
      if (button === document.activeElement) button?.parentElement?.querySelector<HTMLElement>(".plain-list > li:last-child > button")?.focus();
    };
  }, []);
  return (
    <button ref={box} type="button" className="button wide" aria-disabled={isLoading} onClick={onMore}>Show more</button>
  );
}

interface ResultProps {
  search: string;
  zone: string;
  onOpen: (row: EventRow) => void;
}

function Result({ row, search, zone, onOpen }: ResultProps & { row: EventRow }) {
  return (
    <li>
      <button type="button" className="plain-row" onClick={() => onOpen(row)}>
        <TypeIcon type={row.type} />
        <span className="ev-title"><Marked pieces={markedPieces(row.title, search)} /></span>
        <small>{whenText(row, zone)}</small>
        <Snippet row={row} search={search} />
      </button>
    </li>
  );
}

/** Those of one series: how many, and when; all of them on request. */
function Occurrences({ rows, mayBeMore, ...rest }: ResultProps & { rows: EventRow[]; mayBeMore: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  const list = useId();
  const title = rows[0]?.title ?? "";
  return (
    <li>
      <button type="button" className="plain-row" aria-expanded={isOpen} aria-controls={list} onClick={() => setIsOpen(!isOpen)}>
        <Icon name="repeat" size={14} />
        <span className="ev-title">
          {rows.length}
          {mayBeMore ? " or more" : ""} occurrences of “<Marked pieces={markedPieces(title, rest.search)} />”
        </span>
        <small>{spanText(rows, rest.zone)}</small>
      </button>
      <ul id={list} className="plain-list found-occurrences" hidden={!isOpen}>
        {isOpen && rows.map((row) => <Result key={row.id} row={row} {...rest} />)}
      </ul>
    </li>
  );
}

function statusText({ rows, next, problem }: Search, shown: number): string {
  if (problem) return problem;
  if (!rows) return `${shown} found in the range that is shown`;
  return `${rows.length}${next === null ? "" : " or more"} found`;
}

function Marked({ pieces }: { pieces: Piece[] }) {
  return pieces.map(({ text, isMatch }, index) => (isMatch ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>));
}

/** What the search has found beside the title. */
function Snippet({ row, search }: { row: EventRow; search: string }) {
  const { location = "", outcome_note = "" } = row as EventRow & { location?: string; outcome_note?: string };
  const pieces = [plainText(readAst(row.ast_json)), location, outcome_note].map((text) => snippet(text, search)).find((found) => found.length);
  return pieces ? <small className="found-snippet"><Marked pieces={pieces} /></small> : null;
}
