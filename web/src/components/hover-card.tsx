// All of an event, next to it, while the pointer rests there.

import { meetLink, readAst } from "../ast/ast-tree";
import { whenText } from "../calendar-event";
import { answersText } from "../participants";
import { labelOf, TYPES } from "../labels";
import { linkFor, type Settings } from "../settings";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { DoneCircle } from "./agenda-view";
import type { Pointed } from "./event-pointer";
import { Icon, TypeIcon } from "./icon";
import { PopOver } from "./pop-over";

interface Props {
  pointed: Pointed;
  zone: string;
  directory: Directory;
  settings: Settings;
  onDone: (row: EventRow) => void;
  onClose: () => void;
}

export function HoverCard({ pointed, zone, directory, settings, onDone, onClose }: Props) {
  const { row, box } = pointed;
  const meet = meetLink(readAst(row.ast_json));
  const call = row.customer_id ? linkFor(settings.callLink, { customer_id: row.customer_id, lead_id: row.lead_id, login: row.login }) : null;
  return (
    <PopOver anchor={box} className="hover-card" label="Event" role="group" onClose={onClose} onMouseLeave={onClose}>
      <div className="hover-head">
        <DoneCircle row={row} problem={directory.changeProblem(row)} onDone={(one) => (onClose(), onDone(one))} />
        <strong>{row.title}</strong>
      </div>
      <p>{whenText(row, zone)}</p>
      <p className="hint">
        <TypeIcon type={row.type} /> {labelOf(TYPES, row.type)} · {directory.person(row.owner_manager_id).name}
        {row.desk && ` · ${directory.deskTitle(row.desk)}`}
        {row.customer_id > 0 && ` · customer ${row.customer_id}`}
      </p>
      {row.participants.length > 1 && <p className="hint">{answersText(row.participants)}</p>}
      {(meet || call) && (
        <p className="hover-links">
          {meet && (
            <a className="button small primary" href={meet} target="_blank" rel="noopener noreferrer nofollow">
              <Icon name="video" /> Join
            </a>
          )}
          {call && (
            <a className="button small" href={call} rel="noopener noreferrer nofollow">
              <Icon name="phone" /> Call
            </a>
          )}
        </p>
      )}
    </PopOver>
  );
}
