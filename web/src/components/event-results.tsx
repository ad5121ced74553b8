// What came of an event: outcome, note, and the events before and after it.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { whenText } from "../calendar-event";
import { outcomeName } from "../outcomes";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { ServerError } from "../wire";

interface Props {
  row: EventRow;
  zone: string;
  directory: Directory;
  api: Api;
  onOpen: (row: EventRow) => void;
}

/** Whether there is anything to show. */
export function hasResults({ outcome, outcome_note, follows_id, follow_up_id }: EventRow): boolean {
  return Boolean(outcome || outcome_note || follows_id || follow_up_id);
}

export function EventResults({ row, zone, directory, api, onOpen }: Props) {
  const { outcome, outcome_note, follows_id, follow_up_id } = row;
  const common = { zone, api, onOpen };
  return (
    <>
      {outcome && <p className="result-name">{outcomeName(directory.outcomes, outcome)}</p>}
      {outcome_note && <p className="result-note">{outcome_note}</p>}
      {follow_up_id ? <OtherEvent key={follow_up_id} id={follow_up_id} label="Followed up by" {...common} /> : null}
      {follows_id ? <OtherEvent key={follows_id} id={follows_id} label="Follows up" {...common} /> : null}
    </>
  );
}

interface OtherProps {
  id: number;
  label: string;
  zone: string;
  api: Api;
  onOpen: (row: EventRow) => void;
}

/** A link to another event, with its title and time; the number alone where the session may not read it. */
function OtherEvent({ id, label, zone, api, onOpen }: OtherProps) {
  const [other, setOther] = useState<EventRow | null>(null);
  const [isGone, setIsGone] = useState(false);
  useEffect(() => {
    let isStale = false;
    api.get(id).then(
      (row) => !isStale && setOther(row),
      (failure: unknown) => !isStale && setIsGone(failure instanceof ServerError && failure.status === 404),
    );
    return () => {
      isStale = true;
    };
  }, [api, id]);
  const open = (event: React.MouseEvent, row: EventRow) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(row);
  };
  if (isGone) return <p className="hint">{label} event {id}, which can't be opened.</p>;
  return (
    <p>
      {label} {other ? <a href={`?event=${id}`} onClick={(event) => open(event, other)}>{other.title}</a> : `event ${id}`}
      {other && <small className="faint"> · {whenText(other, zone)}</small>}
    </p>
  );
}
