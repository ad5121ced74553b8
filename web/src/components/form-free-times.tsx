// Free times for the meeting of the form, to set its start and end; asked for when they are opened.

import { useState } from "react";
import type { Api } from "../api";
import { invitedTo } from "../busy";
import type { Fields } from "../event-fields";
import { FreeTimes } from "../lazy-parts";
import { movedReminder } from "../reminder-choice";
import { dateIn } from "../time/clock";
import type { Directory } from "../use-directory";

interface Props {
  /** With a start and an end; see `isMeeting`. */
  fields: Fields;
  /** The event that is edited; null: a new one. */
  excluded: number | null;
  zone: string;
  directory: Directory;
  api: Api;
  onChange: (changes: Partial<Fields>) => void;
}

export function FormFreeTimes({ fields, excluded, zone, directory, api, onChange }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const { start_time, end_time } = fields;
  return (
    <div className="form-free-times">
      <button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? "Hide free times" : "Find a free time"}
      </button>
      {isOpen && (
        <FreeTimes api={api} managers={invitedTo(fields)} lengthSec={end_time - start_time} date={dateIn(start_time, zone)}
            chosen={start_time} zone={zone} excluded={excluded} directory={directory}
            onPick={(slot) => onChange({ start_time: slot.start_time, end_time: slot.end_time, ...movedReminder(fields, slot.start_time, zone) })} />
      )}
    </div>
  );
}
