// What a search finds beyond what is shown.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { plainText, readAst } from "../ast/ast-tree";
import { whenText } from "../calendar-event";
import { markedPieces, snippet, type Piece } from "../search-marks";
import type { EventRow } from "../types.gen";
import { TypeIcon } from "./icon";

interface Props {
  api: Api;
  search: string;
  brand: string;
  zone: string;
  /** Of the shown range; what is found where the server has no search. */
  shown: EventRow[];
  onOpen: (row: EventRow) => void;
}

const PAUSE_MS = 200;
const MOST = 30;

type Found = { search: string; rows: EventRow[] | null; problem: string };

export function SearchResults({ api, search, brand, zone, shown, onOpen }: Props) {
  const [found, setFound] = useState<Found>({ search: "", rows: null, problem: "" });
  const [isLeft, setIsLeft] = useState("");
  const wanted = search.trim();
  useEffect(() => {
    if (wanted.length < 2) return;
    let isStale = false;
    const timer = setTimeout(() => {
      const keep = (rows: EventRow[] | null, problem = "") => !isStale && setFound({ search: wanted, rows, problem });
      ask(api, wanted, brand).then(keep, (failure: Error) => keep(null, failure.message));
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [api, wanted, brand]);
  if (wanted.length < 2 || found.search !== wanted || isLeft === wanted) return null;
  const rows = (found.rows ?? shown).slice(0, MOST);
  return (
    <div className="found" role="region" aria-label="Found events">
      <p className="found-head" role="status">
        {found.problem || (found.rows ? `${rows.length === MOST ? `${MOST} or more` : rows.length} found` : `${shown.length} found in the range that is shown`)}
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
    </div>
  );
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

/** By words; a number, or "#7", also by the event's id. Null: the server has no search. */
async function ask(api: Api, search: string, brand: string): Promise<EventRow[] | null> {
  const id = Number(search.match(/^#?(\d{1,15})$/)?.[1] ?? 0);
  const [byId, byWords] = await Promise.all([id ? api.get(id).catch(() => null) : null, api.search(search, "*", brand)]);
  if (!byId) return byWords;
  return [byId, ...(byWords ?? []).filter((row) => row.id !== byId.id)];
}
