// A manager's open events go to others: who and when, what would change, then the handover itself.

import { useState } from "react";
import type { Actions } from "../actions";
import type { Api } from "../api";
import { whenText } from "../calendar-event";
import { failureText } from "../failure-text";
import { countText } from "../labels";
import type { Session } from "../session";
import { dateIn, nowSeconds, startOfDate } from "../time/clock";
import { addDays } from "../time/dates";
import type { HandoverEvents } from "../types.gen";
import type { Directory } from "../use-directory";
import type { HandoverAnswer, HandoverShare } from "../wire";
import { Avatar } from "./avatar";
import { DateInput } from "./date-input";
import { Dialog } from "./dialog";
import { TypeIcon } from "./icon";

/** Events of each manager that the preview shows. */
const MOST_SHOWN = 20;

interface Props {
  session: Session;
  zone: string;
  directory: Directory;
  api: Api;
  actions: Actions;
  onClose: () => void;
}

interface Choice {
  sender: number;
  receivers: number[];
  /** Empty: all desks. */
  desk: string;
  /** ISO dates; the last one empty: without end. */
  first: string;
  last: string;
  isSpread: boolean;
  withMeetings: boolean;
}

export function HandoverDialog({ session, zone, directory, api, actions, onClose }: Props) {
  const [choice, setChoice] = useState<Choice>(() => ({
    sender: session.id, receivers: [], desk: "", first: dateIn(nowSeconds(), zone), last: "", isSpread: true, withMeetings: true,
  }));
  const [preview, setPreview] = useState<HandoverAnswer | null>(null);
  const [problem, setProblem] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const set = (changes: Partial<Choice>) => {
    setChoice((before) => ({ ...before, ...changes }));
    setPreview(null);
    setProblem("");
  };
  const { sender, receivers } = choice;
  const name = directory.person(sender).name;

  const look = async () => {
    setIsBusy(true);
    await api.handover({ ...wantedOf(choice, zone), limit: MOST_SHOWN }).then(setPreview, (failure: unknown) => setProblem(failureText(failure)));
    setIsBusy(false);
  };
  const run = async ({ digest }: HandoverAnswer) => {
    setIsBusy(true);
    const done = await actions.many.handOver({ ...wantedOf(choice, zone), digest }, name);
    if (done) return onClose();
    setPreview(null);
    await look();
  };
  const footer = (
    <>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      {preview?.count ? (
        // Of a double click on "Preview" the second one is a click on this.
        <button type="button" className="button primary" disabled={isBusy} onClick={({ detail }) => detail < 2 && void run(preview)}>
          Hand over {countText(preview.count, "event")}
        </button>
      ) : (
        <button type="button" className="button primary" disabled={isBusy || !receivers.length} onClick={() => void look()}>Preview</button>
      )}
    </>
  );
  return (
    <Dialog title="Hand over events" wide footer={footer} onClose={onClose}>
      <div className="form">
        <div className="pair">
          <label className="field">
            <span className="label">From</span>
            <select className="input" value={sender} onChange={(event) => set({ sender: Number(event.target.value), receivers: receivers.filter((id) => id !== Number(event.target.value)) })}>
              {directory.people.map((person) => <option key={person.id} value={person.id}>{person.name}</option>)}
            </select>
          </label>
          <label className="field">
            <span className="label">Desk</span>
            <select className="input" value={choice.desk} onChange={(event) => set({ desk: event.target.value })}>
              <option value="">All desks</option>
              {directory.desks.map((desk) => <option key={desk.code} value={desk.code}>{desk.title || desk.code}</option>)}
            </select>
          </label>
        </div>
        <Receivers choice={choice} directory={directory} onChange={(after) => set({ receivers: after })} />
        <div className="pair handover-dates">
          <DateInput label="First day" value={choice.first} onChange={(first) => set({ first })} />
          <DateInput label="Last day (may be empty)" value={choice.last} onChange={(last) => set({ last })} />
        </div>
        <div className="handover-how">
          <label>
            <input type="checkbox" checked={choice.withMeetings} onChange={(event) => set({ withMeetings: event.target.checked })} />
            Also events of others in which {name} takes part
          </label>
          {receivers.length > 1 && (
            <label>
              <input type="checkbox" checked={choice.isSpread} onChange={(event) => set({ isSpread: event.target.checked })} />
              Each to the one who is free and has the fewest; otherwise all go to {directory.person(receivers[0] ?? 0).name}
            </label>
          )}
        </div>
        {problem && <p className="error" role="alert">{problem}</p>}
        {/* Read out: the table, not each of the events. */}
        <div role="status">{preview && <PreviewTable preview={preview} name={name} directory={directory} />}</div>
        {preview?.by_manager.filter(({ count }) => count > 0).map((share) => (
          <HandedOver key={share.manager_id} share={share} name={directory.person(share.manager_id).name} zone={zone} directory={directory} />
        ))}
      </div>
    </Dialog>
  );
}

function Receivers({ choice: { sender, receivers, desk }, directory, onChange }: { choice: Choice; directory: Directory; onChange: (receivers: number[]) => void }) {
  return (
    <fieldset className="field">
      <legend className="label">To</legend>
      <div className="team handover-team">
        {directory.people.filter((person) => person.id !== sender).map((person) => {
          const isOn = receivers.includes(person.id);
          return (
            <label key={`${desk} ${person.id}`} className="team-member" data-on={isOn}>
              <input type="checkbox" checked={isOn} onChange={() => onChange(isOn ? receivers.filter((id) => id !== person.id) : [...receivers, person.id])} />
              <Avatar person={person} />
              <span className="participant-name">{person.name}</span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** The events that one manager gets, or the first of them. */
function HandedOver({ share: { count, events = [] }, name, zone, directory }: { share: HandoverShare; name: string; zone: string; directory: Directory }) {
  const hidden = count - events.length;
  return (
    <details className="handover-events" open>
      <summary>{name} gets</summary>
      <ul aria-label={`${name} gets`}>
        {events.map((row) => (
          <li key={row.id} data-bad={row.conflict === 1}>
            <TypeIcon type={row.type} />
            <span className="handover-event">
              <strong>{row.title}</strong>
              <small>
                {whenText(row, zone)}
                {row.desk && ` · ${directory.deskTitle(row.desk)}`}
              </small>
            </span>
            {row.conflict === 1 && <span className="handover-busy">busy then</span>}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="hint">and {hidden} more</p>}
    </details>
  );
}

function PreviewTable({ preview, name, directory }: { preview: HandoverAnswer; name: string; directory: Directory }) {
  if (!preview.count) return <p>{name} has no open events there that you may change.</p>;
  return (
    <table className="handover-table">
      <caption>What would change. Nothing has been changed yet.</caption>
      <thead>
        <tr>
          <th scope="col">Manager</th>
          <th scope="col">Gets</th>
          <th scope="col">While busy</th>
        </tr>
      </thead>
      <tbody>
        {preview.by_manager.map(({ manager_id, count, conflicts }) => (
          <tr key={manager_id}>
            <th scope="row">{directory.person(manager_id).name}</th>
            <td>{count}</td>
            <td data-bad={conflicts > 0}>{conflicts}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is asked for; both days count whole, in the zone that is shown. */
export function wantedOf({ sender, receivers, desk, first, last, isSpread, withMeetings }: Choice, zone: string): Omit<HandoverEvents, "dry_run"> {
  return {
    from_manager_id: sender,
    to_manager_ids: receivers,
    deskFilter: desk || "*",
    mode: isSpread && receivers.length > 1 ? "spread" : "first",
    roles: withMeetings ? ["owner", "participant"] : ["owner"],
    from: first ? startOfDate(first, zone) : null,
    to: last ? startOfDate(addDays(last, 1), zone) : null,
  };
}
