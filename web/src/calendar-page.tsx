// The whole page of somebody who is signed in: holds the state, and hands it to the parts.

import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { allDayTimes, dateIn, movedTimes, nowSeconds, resizedTimes, toItem, toSeconds, type CalendarItem } from "./calendar-event";
import { CalendarView, type Slot } from "./components/calendar-view";
import { ConflictDialog } from "./components/conflict-dialog";
import { ConnectionBar } from "./components/connection-bar";
import { DayDialog } from "./components/day-dialog";
import { DeskMeeting } from "./components/desk-meeting";
import { Icon } from "./components/icon";
import { EventPanel } from "./components/event-panel";
import { ReminderCards } from "./components/reminder-cards";
import { SideBar } from "./components/side-bar";
import { ToastStack } from "./components/toast-stack";
import { TopBar } from "./components/top-bar";
import { newFields, type Fields } from "./event-fields";
import { isShown } from "./filters";
import type { Session } from "./session";
import type { EventRow } from "./types.gen";
import { useActions } from "./use-actions";
import { useConnection } from "./use-connection";
import { useDirectory } from "./use-directory";
import { useEvents } from "./use-events";
import { useFilters } from "./use-filters";
import { useReminders } from "./use-reminders";
import { useShortcuts } from "./use-shortcuts";
import type { Theme } from "./use-theme";
import { useToasts } from "./use-toasts";
import { pageDay } from "./visible-range";

const HALF_HOUR_SEC = 1800;

interface Props {
  session: Session;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onLeave: () => void;
}

export function CalendarPage({ session, theme, onTheme, onLeave }: Props) {
  const [filters, changeFilters] = useFilters();
  const link = useConnection(session);
  const events = useEvents(link, filters);
  const directory = useDirectory(link, session, events.rows);
  const { toasts, tell, dismiss } = useToasts();
  const { actions, conflict } = useActions(link.api, events.store, tell);
  const [settled, setSettled] = useState(0);
  const [draft, setDraft] = useState<Fields | null>(null);
  const [wholeDay, setWholeDay] = useState<string | null>(null);
  const [isMeeting, setIsMeeting] = useState(false);
  const [isSideOpen, setIsSideOpen] = useState(false);
  const { zone, day, view } = filters;
  const reminders = useReminders(link, session.id, zone);

  const search = useDeferredValue(filters.search);
  const { brand, desk, managers, types, statuses, priorities } = filters;
  const rows = useMemo(() => {
    const wanted = { brand, desk, managers, types, statuses, priorities, search };
    return events.rows.filter((row) => isShown(row, wanted));
  }, [events.rows, brand, desk, managers, types, statuses, priorities, search]);
  const items = useMemo(() => rows.map((row) => toItem(row, zone)), [rows, zone]);
  const chosen = filters.event ? events.get(filters.event) : undefined;

  useEffect(() => {
    if (!filters.event || chosen || link.state !== "open") return;
    const leaveIt = () => changeFilters({ event: 0 });
    link.api.get(filters.event).then((row) => events.store.dispatch({ type: "answered", row }), leaveIt);
    // Only when another event is asked for, or the connection is there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [filters.event, link.state]);

  const open = useCallback(
    (row: EventRow) => {
      setDraft(null);
      changeFilters({ event: row.id });
    },
    [changeFilters],
  );
  const close = useCallback(() => {
    setDraft(null);
    changeFilters({ event: 0 });
  }, [changeFilters]);

  const startNew = useCallback(
    (slot: Slot | null) => {
      const times = slot ? slotTimes(slot, zone) : nextHalfHour(day, zone);
      const desk = directory.desks.find((one) => one.code === filters.desk) ?? directory.desks.find((one) => one.code === session.desks);
      changeFilters({ event: 0 });
      setDraft(
        newFields({
          ...times,
          timezone: zone,
          owner_manager_id: session.id,
          desk: desk?.code ?? "",
          brand: filters.brand || desk?.brand || directory.person(session.id).brand || "default",
          remind_before_sec: times.all_day ? 0 : 900,
        }),
      );
    },
    [zone, day, directory, filters.desk, filters.brand, session, changeFilters],
  );

  const move = useCallback(
    ({ resource }: CalendarItem, start: Date, allDay: boolean) => actions.move(resource, movedTimes(resource, start, allDay, zone)),
    [actions, zone],
  );
  const resize = useCallback(
    ({ resource }: CalendarItem, start: Date, end: Date) => actions.move(resource, resizedTimes(resource, start, end, zone)),
    [actions, zone],
  );
  const goToday = useCallback(() => changeFilters({ day: dateIn(nowSeconds(), zone) }), [changeFilters, zone]);

  useShortcuts({
    n: () => startNew(null),
    t: goToday,
    m: () => changeFilters({ view: "month" }),
    w: () => changeFilters({ view: "week" }),
    d: () => changeFilters({ view: "day" }),
    a: () => changeFilters({ view: "agenda" }),
    j: () => changeFilters({ day: pageDay(view, day, 1) }),
    k: () => changeFilters({ day: pageDay(view, day, -1) }),
    "/": () => document.getElementById("search")?.focus(),
  });

  return (
    <div className="page" data-panel={Boolean(draft ?? chosen)} data-side={isSideOpen}>
      <a className="skip" href="#calendar">
        Skip to the calendar
      </a>
      <SideBar
        session={session}
        filters={filters}
        directory={directory}
        theme={theme}
        isOpen={isSideOpen}
        onChange={changeFilters}
        onTheme={onTheme}
        onNew={() => (setIsSideOpen(false), startNew(null))}
        onMeeting={() => (setIsSideOpen(false), setIsMeeting(true))}
        onClose={() => setIsSideOpen(false)}
      />
      <main className="main">
        <TopBar
          filters={filters}
          theme={theme}
          person={directory.person(session.id)}
          isLoading={events.isLoading && link.state === "open"}
          isMenuOpen={isSideOpen}
          onChange={changeFilters}
          onToday={goToday}
          onTheme={onTheme}
          onMenu={() => setIsSideOpen(true)}
          onLeave={onLeave}
        />
        <ConnectionBar state={link.state} error={events.error} onRetry={() => link.connection.retryNow()} onReload={events.reload} onLeave={onLeave} />
        <CalendarView
          items={items}
          filters={filters}
          directory={directory}
          me={session.id}
          isLoading={events.isLoading}
          onChange={changeFilters}
          onOpen={open}
          onNew={startNew}
          onMove={move}
          onResize={resize}
          onWholeDay={setWholeDay}
        />
        <button type="button" className="round-button" aria-label="New event" onClick={() => startNew(null)}>
          <Icon name="plus" size={22} />
        </button>
      </main>
      {(draft || chosen) && (
        <EventPanel
          key={draft ? "new" : `${chosen?.id} ${settled}`}
          row={draft ? null : (chosen ?? null)}
          draft={draft}
          zone={zone}
          session={session}
          directory={directory}
          api={link.api}
          actions={actions}
          onOpen={open}
          onClose={close}
        />
      )}
      {wholeDay && (
        <DayDialog day={wholeDay} items={items} zone={zone} directory={directory} onOpen={open} onClose={() => setWholeDay(null)} />
      )}
      {isMeeting && (
        <DeskMeeting session={session} zone={zone} day={day} directory={directory} api={link.api} actions={actions} onOpen={open} onClose={() => setIsMeeting(false)} />
      )}
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          zone={zone}
          directory={directory}
          onSettle={(names) => void actions.settle(conflict, names ?? []).then((isSaved) => isSaved && setSettled((count) => count + 1))}
        />
      )}
      <ReminderCards reminders={reminders} zone={zone} onOpen={open} onComplete={(row) => actions.setStatus(row, 1)} />
      <ToastStack toasts={toasts} onDismiss={dismiss} />
    </div>
  );
}

function slotTimes({ start, end, allDay }: Slot, zone: string) {
  if (!allDay) return { start_time: toSeconds(start), end_time: toSeconds(end), all_day: 0 };
  const first = dateIn(toSeconds(start), zone);
  return { ...allDayTimes(first, dateIn(Math.max(toSeconds(start), toSeconds(end) - 1), zone), zone), all_day: 1 };
}

/** The next half hour; on another day than today at that time of day. */
function nextHalfHour(day: string, zone: string) {
  const now = Math.ceil(nowSeconds() / HALF_HOUR_SEC) * HALF_HOUR_SEC;
  const shift = allDayTimes(day, day, zone).start_time - allDayTimes(dateIn(now, zone), dateIn(now, zone), zone).start_time;
  return { start_time: now + shift, end_time: now + shift + HALF_HOUR_SEC, all_day: 0 };
}
