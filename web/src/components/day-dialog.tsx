// All events of one day, for when the view can't show them.

import { DateTime } from "luxon";
import { useMemo } from "react";
import { itemsOfDay, type CalendarItem } from "../calendar-event";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { EventRowButton } from "./agenda-view";
import { Dialog } from "./dialog";

interface Props {
  day: string;
  items: CalendarItem[];
  zone: string;
  directory: Directory;
  onOpen: (row: EventRow) => void;
  onClose: () => void;
}

export function DayDialog({ day, items, zone, directory, onOpen, onClose }: Props) {
  const at = DateTime.fromISO(day, { zone });
  // `at` is of day and zone.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const there = useMemo(() => itemsOfDay(items, at.toMillis(), at.plus({ days: 1 }).toMillis()), [items, day, zone]);
  return (
    <Dialog title={`${at.toFormat("cccc, d LLLL")} · ${there.length} events`} wide onClose={onClose}>
      <ul className="day-list">
        {there.map((item) => (
          <li key={item.resource.id}>
            <EventRowButton item={item} zone={zone} directory={directory} me={0} onOpen={(row) => (onClose(), onOpen(row))} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
