// Where an event is often moved to, one click each.

import { useState } from "react";
import type { Api } from "../api";
import { slotSearch, USUAL_HOURS } from "../busy";
import { reschedules } from "../event-commands";
import { failureText } from "../failure-text";
import { atTime, type Moved } from "../moving";
import { dateIn, nowSeconds } from "../time/clock";
import { ParticipantStatus, type EventRow } from "../types.gen";

interface Props {
  row: EventRow;
  zone: string;
  api: Api;
  onMove: (times: Moved) => void;
}

export function RescheduleChips({ row, zone, api, onMove }: Props) {
  const [problem, setProblem] = useState("");
  const moveToFree = async () => {
    setProblem("");
    try {
      const start = await nextFree(row, zone, api);
      if (start === null) setProblem("No free time was found in the next two weeks.");
      else onMove(atTime(row, start, zone));
    } catch (failure) {
      setProblem(failureText(failure));
    }
  };
  return (
    <div className="chips reschedule" role="group" aria-label="Reschedule">
      {reschedules(row, zone).map(({ label, times }) => (
        <button key={label} type="button" className="chip" onClick={() => onMove(times)}>{label}</button>
      ))}
      {!row.all_day && <button type="button" className="chip" onClick={() => void moveToFree()}>Next free</button>}
      {problem && <span className="hint" role="status">{problem}</span>}
    </div>
  );
}

/** The next start at which all who come are free, in usual working hours; null: none. */
async function nextFree(row: EventRow, zone: string, api: Api): Promise<number | null> {
  const managers = row.participants.filter((participant) => participant.status !== ParticipantStatus.DECLINED).map((participant) => participant.manager_id);
  const lengthSec = Math.max(900, row.end_time - row.start_time);
  const from = Math.max(nowSeconds(), row.end_time);
  const search = slotSearch({ managers, lengthSec, date: dateIn(from, zone), hours: USUAL_HOURS, zone, excluded: row.id }, from);
  if (!search) return null;
  const { slots } = await api.slots({ ...search, limit: 1 });
  return slots[0] && !slots[0].busy.length ? slots[0].start_time : null;
}
