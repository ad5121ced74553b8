// One meeting for a desk: brand and desk, who of it, when. Source: seed 000, "Desk Meeting Flow".

import { useMemo, useState } from "react";
import type { Api } from "../api";
import { dateIn, nowSeconds, secondsOf, timeIn } from "../time/clock";
import { deskMatches } from "../desk-mask";
import { newFields } from "../event-fields";
import { countText } from "../labels";
import { newParticipant } from "../participants";
import { safeHref } from "../ast/ast-tree";
import type { Session } from "../session";
import { EventType, type EventRow, type Json } from "../types.gen";
import type { Actions } from "../actions";
import { useBusy, type Busy } from "../use-busy";
import type { Directory } from "../use-directory";
import { Avatar } from "./avatar";
import { DateInput, TimeInput } from "./date-input";
import { Dialog } from "./dialog";
import { FreeTimes, namesOf } from "./free-times";

interface Props {
  session: Session;
  zone: string;
  day: string;
  directory: Directory;
  api: Api;
  actions: Actions;
  onOpen: (row: EventRow) => void;
  onClose: () => void;
}

const LENGTHS: [number, string][] = [[15, "15 min"], [30, "30 min"], [45, "45 min"], [60, "1 hour"], [90, "1½ hours"]];

export function DeskMeeting({ session, zone, day, directory, api, actions, onOpen, onClose }: Props) {
  const [brand, setBrand] = useState(directory.person(session.id).brand || directory.brands[0] || "default");
  const desks = directory.desks.filter((desk) => desk.brand === brand);
  const ownMask = directory.person(session.id).desks || session.desks;
  const [chosenDesk, setDesk] = useState(() => desks.find((one) => deskMatches(ownMask, one.code))?.code ?? "");
  const desk = desks.some((one) => one.code === chosenDesk) ? chosenDesk : (desks[0]?.code ?? "");
  const team = useMemo(() => teamOf(directory, brand, desk), [directory, brand, desk]);
  const [left, setLeft] = useState<number[]>([]);
  const [title, setTitle] = useState("");
  const [first] = useState(() => firstTime(day, zone));
  const [date, setDate] = useState(first.date);
  const [time, setTime] = useState(first.time);
  const [minutes, setMinutes] = useState(30);
  const [meet, setMeet] = useState("");
  const [isSaving, setIsSaving] = useState(false);
  const going = team.filter((one) => !left.includes(one.id)).map((one) => one.id);
  const everybody = [session.id, ...going.filter((id) => id !== session.id)];
  const start = secondsOf(date, time, zone);
  const busy = useBusy(api, everybody, start, start + minutes * 60, null);
  const usualTitle = `${directory.deskTitle(desk)} meeting`;

  const save = async () => {
    if (Number.isNaN(start)) return;
    setIsSaving(true);
    const made = await actions.create(
      newFields({
        brand, desk, start_time: start, end_time: start + minutes * 60, timezone: zone,
        type: EventType.MEETING, owner_manager_id: session.id, title: title.trim() || usualTitle,
        remind_before_sec: 900, ast_json: meetNote(meet),
        participants: going.filter((id) => id !== session.id).map(newParticipant),
      }),
    );
    setIsSaving(false);
    if (made) (onClose(), onOpen(made));
  };
  const footer = (
    <>
      <button type="button" className="button" onClick={onClose}>
        Discard
      </button>
      <button type="button" className="button primary" disabled={isSaving || !going.length} onClick={() => void save()}>
        Invite {countText(going.length, "manager")}
      </button>
    </>
  );
  return (
    <Dialog title="Desk meeting" footer={footer} onClose={onClose}>
      <div className="form">
        <div className="pair">
          <label className="field">
            <span className="label">Brand</span>
            <select className="input" value={brand} onChange={(event) => (setBrand(event.target.value), setLeft([]))}>
              {directory.brands.map((name) => <option key={name}>{name}</option>)}
            </select>
          </label>
          <label className="field">
            <span className="label">Desk</span>
            <select className="input" value={desk} onChange={(event) => (setDesk(event.target.value), setLeft([]))}>
              {desks.map((one) => <option key={one.code} value={one.code}>{one.title || one.code}</option>)}
            </select>
          </label>
        </div>
        <fieldset className="field">
          <legend className="label">Who of the desk</legend>
          <div className="team">
            {team.map((one) => (
              <label key={one.id} className="team-member" data-on={!left.includes(one.id)}>
                <input type="checkbox" checked={!left.includes(one.id)}
                  onChange={() => setLeft((all) => (all.includes(one.id) ? all.filter((id) => id !== one.id) : [...all, one.id]))} />
                <Avatar person={one} />
                <span className="participant-name">
                  {one.name}
                  {busy?.has(one.id) && <small className="busy">Busy</small>}
                </span>
              </label>
            ))}
            {team.length === 0 && <p className="hint">The directory has no managers on this desk.</p>}
          </div>
        </fieldset>
        <label className="field">
          <span className="label">Title</span>
          <input className="input" placeholder={usualTitle} maxLength={500} value={title} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <div className="triple dated-triple">
          <DateInput label="Day" value={date} onChange={(value) => value && setDate(value)} />
          <label className="field">
            <span className="label">Time</span>
            <TimeInput label="Time" value={time} onChange={setTime} />
          </label>
          <label className="field">
            <span className="label">Length</span>
            <select className="input" value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
              {LENGTHS.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
        </div>
        <WhoIsFree everybody={everybody} busy={Number.isNaN(start) ? null : busy} directory={directory} />
        <FreeTimes api={api} managers={going.length ? everybody : []} lengthSec={minutes * 60} date={date} chosen={start} zone={zone} excluded={null} directory={directory}
          onPick={(slot) => (setDate(dateIn(slot.start_time, zone)), setTime(timeIn(slot.start_time, zone)))} />
        <label className="field">
          <span className="label">Google Meet link</span>
          <input className="input" type="url" placeholder="https://meet.google.com/…" value={meet} onChange={(event) => setMeet(event.target.value)} />
        </label>
      </div>
    </Dialog>
  );
}

/** Ten o'clock of the day, or the next half hour where that is past. */
function firstTime(day: string, zone: string): { date: string; time: string } {
  const soon = Math.ceil(nowSeconds() / 1800) * 1800;
  const start = Math.max(secondsOf(day, "10:00", zone), soon);
  return { date: dateIn(start, zone), time: timeIn(start, zone) };
}

/** At the time that is chosen; nothing as long as it is not known. */
function WhoIsFree({ everybody, busy, directory }: { everybody: number[]; busy: Busy | null; directory: Directory }) {
  const hindered = everybody.filter((id) => busy?.has(id));
  return (
    <p className="who-is-free" role="status">
      {busy && hindered.length === 0 && <span className="free">{everybody.length === 1 ? "You are free then" : `All ${everybody.length} are free then`}</span>}
      {hindered.length > 0 && <span className="busy">{namesOf(hindered, directory)} {hindered.length === 1 ? "is" : "are"} busy then</span>}
    </p>
  );
}

/** Managers of the brand who name the desk, alone or by a mask other than all. */
function teamOf(directory: Directory, brand: string, desk: string) {
  if (!desk) return [];
  return directory.people.filter((one) => one.brand === brand && one.desks !== "" && one.desks !== "*" && deskMatches(one.desks, desk));
}

function meetNote(address: string): Json {
  const href = safeHref(address.trim());
  if (!href) return null;
  const link = { type: "text", text: href, marks: [{ type: "link", attrs: { href } }] };
  return { type: "doc", content: [{ type: "paragraph", content: [link] }] };
}
