// One meeting for a desk: brand and desk, who of it, when. Source: seed 000, "Desk Meeting Flow".

import { DateTime } from "luxon";
import { useEffect, useMemo, useState } from "react";
import type { Api } from "../api";
import { dateIn, nowSeconds, secondsOf, timeIn } from "../calendar-event";
import { deskMatches } from "../desk-mask";
import { newFields } from "../event-fields";
import { newGuest } from "../guests";
import { safeHref } from "../ast/ast-tree";
import type { Session } from "../session";
import { EventType, type EventRow, type Json } from "../types.gen";
import type { Actions } from "../use-actions";
import type { Directory } from "../use-directory";
import type { SlotsAnswer } from "../wire";
import { Avatar } from "./avatar";
import { Dialog } from "./dialog";

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
const DAYS_SEARCHED = 5;
const SLOTS_OFFERED = 4;

export function DeskMeeting({ session, zone, day, directory, api, actions, onOpen, onClose }: Props) {
  const [brand, setBrand] = useState(directory.person(session.id).brand || directory.brands[0] || "default");
  const desks = directory.desks.filter((desk) => desk.brand === brand);
  const ownMask = directory.person(session.id).desks || session.desks;
  const [chosenDesk, setDesk] = useState(() => desks.find((one) => deskMatches(ownMask, one.code))?.code ?? "");
  const desk = desks.some((one) => one.code === chosenDesk) ? chosenDesk : (desks[0]?.code ?? "");
  const team = useMemo(() => teamOf(directory, brand, desk), [directory, brand, desk]);
  const [left, setLeft] = useState<number[]>([]);
  const [title, setTitle] = useState("");
  const [date, setDate] = useState(day < dateIn(nowSeconds(), zone) ? dateIn(nowSeconds(), zone) : day);
  const [time, setTime] = useState("10:00");
  const [minutes, setMinutes] = useState(30);
  const [meet, setMeet] = useState("");
  const [isSaving, setIsSaving] = useState(false);
  const going = team.filter((one) => !left.includes(one.id)).map((one) => one.id);
  const slots = useSlots(api, going, minutes, date, zone);
  const usualTitle = `${directory.deskTitle(desk)} meeting`;

  const save = async () => {
    const start_time = secondsOf(date, time, zone);
    if (Number.isNaN(start_time)) return;
    setIsSaving(true);
    const made = await actions.create(
      newFields({
        brand, desk, start_time, end_time: start_time + minutes * 60, timezone: zone,
        type: EventType.MEETING, owner_manager_id: session.id, title: title.trim() || usualTitle,
        remind_before_sec: 900, ast_json: meetNote(meet),
        participants: going.filter((id) => id !== session.id).map(newGuest),
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
        Invite {going.length} {going.length === 1 ? "manager" : "managers"}
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
                {one.name}
              </label>
            ))}
            {team.length === 0 && <p className="hint">The directory has no managers on this desk.</p>}
          </div>
        </fieldset>
        <label className="field">
          <span className="label">Title</span>
          <input className="input" placeholder={usualTitle} maxLength={500} value={title} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <div className="triple">
          <label className="field">
            <span className="label">Day</span>
            <input className="input" type="date" value={date} onChange={(event) => event.target.value && setDate(event.target.value)} />
          </label>
          <label className="field">
            <span className="label">Time</span>
            <input className="input" type="time" value={time} onChange={(event) => setTime(event.target.value)} />
          </label>
          <label className="field">
            <span className="label">Length</span>
            <select className="input" value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
              {LENGTHS.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
        </div>
        {slots.length > 0 && (
          <div className="chips" role="group" aria-label="Times when all are free">
            {slots.map((slot) => (
              <button key={slot.start_time} type="button" className="chip"
                onClick={() => (setDate(dateIn(slot.start_time, zone)), setTime(timeIn(slot.start_time, zone)))}>
                {dateIn(slot.start_time, zone) === date ? "" : `${DateTime.fromISO(dateIn(slot.start_time, zone)).toFormat("ccc")} `}
                {timeIn(slot.start_time, zone)}
                {slot.busy.length > 0 && ` · ${slot.busy.length} busy`}
              </button>
            ))}
          </div>
        )}
        <label className="field">
          <span className="label">Google Meet link</span>
          <input className="input" type="url" placeholder="https://meet.google.com/…" value={meet} onChange={(event) => setMeet(event.target.value)} />
        </label>
      </div>
    </Dialog>
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

/** Times when all are free, from the chosen day on; none where the server can't tell. */
function useSlots(api: Api, managers: number[], minutes: number, date: string, zone: string): SlotsAnswer["slots"] {
  const [slots, setSlots] = useState<SlotsAnswer["slots"]>([]);
  const key = managers.join();
  useEffect(() => {
    let isStale = false;
    const from = Math.max(nowSeconds(), secondsOf(date, "09:00", zone));
    const to = secondsOf(date, "18:00", zone) + (DAYS_SEARCHED - 1) * 86_400;
    const hours = { start: "09:00", end: "18:00", timezone: zone, weekdays: [1, 2, 3, 4, 5] };
    if (!key) return setSlots([]);
    api.slots({ manager_ids: key.split(",").map(Number), duration_sec: minutes * 60, from: from - (from % 900) + 900, to, limit: SLOTS_OFFERED, hours } as never).then(
      (found) => isStale || setSlots(found.slots),
      () => isStale || setSlots([]),
    );
    return () => {
      isStale = true;
    };
  }, [api, key, minutes, date, zone]);
  return slots;
}
