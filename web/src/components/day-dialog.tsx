// All events of one day, or of one slot of it, for when the view can't show them.

import { useMemo } from "react";
import { itemsOfDay, type CalendarItem } from "../calendar-event";
import { countText } from "../labels";
import { startOfDate } from "../time/clock";
import { addDays } from "../time/dates";
import { dateText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { EventRowItem } from "./agenda-view";
import { Dialog } from "./dialog";

interface Props {
  day: string;
  items: CalendarItem[];
  zone: string;
  directory: Directory;
  me: number;
  onOpen: (row: EventRow) => void;
  onDone: (row: EventRow) => void;
  onClose: () => void;
}

export function DayDialog({ day, items, zone, directory, me, onOpen, onDone, onClose }: Props) {
  const there = useMemo(() => itemsOfDay(items, startOfDate(day, zone) * 1000, startOfDate(addDays(day, 1), zone) * 1000), [items, day, zone]);
  return (
    <Dialog title={`${dateText(day, "longDay")} · ${countText(there.length, "event")}`} wide onClose={onClose}>
      <ul className="day-list">
        {there.map((item) => (
          <EventRowItem key={item.resource.id} item={item} date={day} zone={zone} directory={directory} me={me} onDone={onDone} onOpen={(row) => (onClose(), onOpen(row))} />
        ))}
      </ul>
    </Dialog>
  );
}
