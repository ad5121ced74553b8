// The views of work, "My day" and "The desk", and what mouse and keyboard do at an event there.

import type { Api } from "../api";
import type { CalendarItem } from "../calendar-event";
import { givenTo } from "../desk-day";
import type { Filters } from "../filters";
import { DeskView, MyDay } from "../lazy-parts";
import { droppedTimes, resizedItem } from "../moving";
import type { Settings } from "../settings";
import type { Slot } from "../slot";
import type { EventRow } from "../types.gen";
import type { CallDesk } from "../use-call-desk";
import type { Directory } from "../use-directory";
import type { EventHost } from "../use-event-host";
import type { ChangeFilters } from "../use-filters";
import type { Reminders } from "../use-reminders";
import { isEscalation } from "../wire";
import { useEventPointer, type Pointed } from "./event-pointer";

interface Props {
  rows: EventRow[];
  filters: Filters;
  settings: Settings;
  now: number;
  zonesVersion: string;
  directory: Directory;
  me: number;
  api: Api;
  /** Whether `rows` are all that there are. */
  isComplete: boolean;
  reminders: Reminders;
  calls: CallDesk;
  host: EventHost;
  onChange: ChangeFilters;
  onOpen: (row: EventRow) => void;
  onNew: (slot: Slot) => void;
  onMore: (items: CalendarItem[]) => void;
  onPoint: (pointed: Pointed | null) => void;
  onMenu: (row: EventRow, x: number, y: number) => void;
}

export function WorkViews({ reminders, calls, host, onPoint, onMenu, ...rest }: Props) {
  const { rows, filters, now, directory, me, isComplete, onOpen } = rest;
  const { view, zone } = filters;
  const pointer = useEventPointer(rows, { onPoint, onMenu, onNudge: host.onNudge });
  const move = (item: CalendarItem, start: Date, isAllDayRow: boolean, owner: number) => {
    const times = droppedTimes(item, start, isAllDayRow, zone);
    host.onMove(item.resource, owner === item.resource.owner_manager_id ? times : { ...times, ...givenTo(item.resource, owner) });
  };
  return (
    <div id="calendar" className="calendar work-area" data-view={view} tabIndex={-1} {...pointer}>
      {view === "desk" ? (
        <DeskView {...rest} escalations={reminders.due.filter(isEscalation)} onMove={move} onResize={(item, start, end) => host.onMove(item.resource, resizedItem(item, start, end, zone))} />
      ) : (
        <MyDay rows={rows} me={me} now={now} zone={zone} directory={directory} calls={calls} chosen={filters.event} isComplete={isComplete} onOpen={onOpen} />
      )}
    </div>
  );
}
