// What a search finds beyond what is shown.

import { useState } from "react";
import type { Api } from "../api";
import { plainText, readAst } from "../ast/ast-tree";
import { whenText } from "../calendar-event";
import { markedPieces, snippet, type Piece } from "../search-marks";
import type { EventRow } from "../types.gen";
import { useSearch, type Search } from "../use-search";
import { TypeIcon } from "./icon";

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

export function SearchResults({ api, search, zone, shown, onOpen }: Props) {
  const [isLeft, setIsLeft] = useState("");
  const wanted = search.trim();
  const found = useSearch(api, wanted);
  if (wanted.length < 2 || found.search !== wanted || isLeft === wanted) return null;
  const rows = found.rows ?? shown.slice(0, MOST_SHOWN);
  return (
    <div className="found" role="region" aria-label="Found events">
      <p className="found-head" role="status">
        {statusText(found, shown.length)}
        <button type="button" className="text-button" onClick={() => setIsLeft(wanted)}>Close</button>
      </p>
      <ul className="plain-list">
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" className="plain-row" onClick={() => (setIsLeft(wanted), onOpen(row))}>
              <TypeIcon type={row.type} />
              <span className="ev-title"><Marked pieces={markedPieces(row.title, wanted)} /></span>
              <small>{whenText(row, zone)}</small>
              <Snippet row={row} search={wanted} />
            </button>
          </li>
        ))}
      </ul>
      {found.next !== null && (
        <button type="button" className="button wide" disabled={found.isLoading} onClick={found.more}>Show more</button>
      )}
    </div>
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
