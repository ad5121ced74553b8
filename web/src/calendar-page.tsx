// The whole page of somebody who is signed in: holds the state, and hands it to the parts.

import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { accountItems } from "./account-items";
import { isPhone } from "./address";
import { toItem, type CalendarItem } from "./calendar-event";
import { AccountMenu } from "./components/account-menu";
import { CalendarView } from "./components/calendar-view";
import { ConnectionBar } from "./components/connection-bar";
import { usePointed } from "./components/event-pointer";
import { Icon } from "./components/icon";
import { Bell, ReminderCards } from "./components/reminder-cards";
import { SearchResults } from "./components/search-results";
import { SelectionArea } from "./components/selection-area";
import { SelectionBar } from "./components/selection-bar";
import { SideBar } from "./components/side-bar";
import { ToastStack } from "./components/toast-stack";
import { TopBar } from "./components/top-bar";
import { WorkViews } from "./components/work-views";
import { draftRow } from "./draft-row";
import type { Edit } from "./drafts";
import { emptyText, unknownDesk } from "./empty-text";
import { isShown, type ViewName } from "./filters";
import { idleOnceSeen, saySeen } from "./idle";
import { changeSettings } from "./kept-settings";
import { preloadWhenIdle } from "./lazy-part";
import { CalendarGrid, EventPanel, PageDialogs, PageOverlays } from "./lazy-parts";
import { droppedTimes, resizedItem } from "./moving";
import { fieldsForNew, nextTimes, slotTimes } from "./new-event";
import { movedReminder } from "./reminder-choice";
import type { Session } from "./session";
import type { Slot } from "./slot";
import { dateIn, nowSeconds } from "./time/clock";
import { EventStatus, type EventRow } from "./types.gen";
import type { LeftEvent } from "./undoing";
import { useActions } from "./use-actions";
import { useCallDesk } from "./use-call-desk";
import { useConnection } from "./use-connection";
import { useDirectory } from "./use-directory";
import { useEdit } from "./use-edit";
import { isLead, useEventHost } from "./use-event-host";
import { useEvents } from "./use-events";
import { useNarrow, usePageFilters } from "./use-filters";
import { useMinute } from "./use-minute";
import { useOpenedEvent } from "./use-opened-event";
import { useReminders } from "./use-reminders";
import { useSettings } from "./use-settings";
import { eventIdAt, useSelection } from "./use-selection";
import { EVERY_SCOPE, useScope, type Scope } from "./use-scope";
import { useShortcuts } from "./use-shortcuts";
import { useStable } from "./use-stable";
import type { Theme } from "./use-theme";
import { useToasts } from "./use-toasts";
import { useZones } from "./use-zones";
import { horizonText, pageDay, visibleRange, type Shape } from "./visible-range";

/** Views of work, not of times: whose events they show, and in which state, is not for the filters. */
const WORK_VIEWS: ViewName[] = ["my_day", "desk"];
const NO_ROWS: EventRow[] = [];

/** The one dialog that may be open. */
export type Opened =
  | { kind: "day"; day: string }
  | { kind: "more"; items: CalendarItem[] }
  | { kind: "customer"; id: number }
  | { kind: "meeting" }
  | { kind: "settings" }
  | { kind: "keys" }
  | { kind: "reminders" }
  | { kind: "trash" }
  | { kind: "webhooks" }
  | { kind: "handover" }
  | { kind: "give"; row: EventRow }
  | { kind: "files" }
  | { kind: "left"; heading: string; left: LeftEvent[] };

interface Props {
  session: Session;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onLeave: () => void;
  /** The server does not take the session any more. */
  onOver: () => void;
}

/** A new event in the small box at its slot. */
function draftBox(edit: Edit | null): Edit | null {
  return edit?.isQuick ? edit : null;
}

export function CalendarPage({ session, theme, onTheme, onLeave, onOver }: Props) {
  const now = useMinute();
  const [filters, changeFilters] = usePageFilters(now);
  const settings = useSettings();
  const version = useZones();
  const isNarrow = useNarrow();
  const { weekStart } = settings;
  const shape = useMemo((): Shape => ({ weekStart }), [weekStart]);
  const link = useConnection(session);
  const events = useEvents(link, filters, shape, session.id);
  const directory = useDirectory(link, session, events.rows);
  const { toasts, tell, dismiss, hold, undoLast, redoLast } = useToasts();
  const [opened, setOpened] = useState<Opened | null>(null);
  const nameOf = useStable((manager: number) => directory.person(manager).name);
  const showLeft = useCallback((left: LeftEvent[], heading: string) => setOpened({ kind: "left", heading, left }), []);
  const { actions, conflict, setConflict } = useActions(link.api, events.store, tell, nameOf, showLeft);
  const editing = useEdit(session.id, tell);
  const { edit } = editing;
  const [pointed, setPointed] = usePointed(edit !== null);
  const [menu, setMenu] = useState<{ row: EventRow; x: number; y: number } | null>(null);
  const [isSideOpen, setIsSideOpen] = useState(false);
  const { zone, day, view } = filters;
  const reminders = useReminders(link, session.id, zone, settings.hasSound);

  const search = useDeferredValue(filters.search);
  const { brand, desk, managers, types, statuses, priorities } = filters;
  const isWork = WORK_VIEWS.includes(view);
  const rows = useMemo(() => {
    const chosen = isWork ? { managers: [], statuses: [] } : { managers, statuses };
    const wanted = { brand, desk, types, priorities, search, ...chosen };
    return events.rows.filter((row) => isShown(row, wanted));
  }, [events.rows, isWork, brand, desk, managers, types, statuses, priorities, search]);
  const chosen = filters.event ? events.get(filters.event) : undefined;
  const editedRow = edit?.base ? events.get(edit.base.id) : undefined;
  const isForm = edit !== null && !edit.isQuick;
  const hasPanel = isForm || Boolean(chosen);

  const isSeen = !events.isLoading;
  useEffect(() => {
    if (isSeen) saySeen();
  }, [isSeen]);
  useEffect(() => void idleOnceSeen().then(() => preloadWhenIdle([CalendarGrid, PageOverlays, EventPanel, PageDialogs])), []);
  const { api } = link;
  const isOpen = link.state === "open";
  useOpenedEvent({ api, store: events.store, me: session.id, isOpen, id: filters.event, known: chosen, onChange: changeFilters, tell, nameOf });

  const open = useCallback(
    (row: EventRow) => {
      setPointed(null);
      // Behind a dialog the panel could be neither read nor used.
      setOpened(null);
      if (editing.edit && editing.edit.base?.id !== row.id) editing.leave();
      changeFilters({ event: row.id });
    },
    [changeFilters, editing, setPointed],
  );
  const close = useCallback(() => changeFilters({ event: 0 }), [changeFilters]);
  const showCustomer = useCallback((row: EventRow) => setOpened({ kind: "customer", id: row.customer_id }), []);
  const chooseOwner = useCallback((row: EventRow) => setOpened({ kind: "give", row }), []);
  const { ask, scopeQuestion, closeScope } = useScope();
  const { host, question, setQuestion } = useEventHost({ session, zone, directory, actions, editing, tell, ask, onOpen: open, onClose: close, onCustomer: showCustomer, onGive: chooseOwner });
  const calls = useCallDesk({ api, store: events.store, tell, undoing: actions.undoing, session, zone, brand, desk, directory, rows: view === "my_day" ? rows : NO_ROWS, onOpen: open, onClose: close });

  const selection = useSelection(rows, events.get, tell);
  const pickFocused = (pick: (id: number) => void) => () => {
    const id = eventIdAt(document.activeElement);
    if (id) pick(id);
  };
  const removeSelected = () => {
    const picked = selection.rows;
    if (picked.length) return host.onMany(picked, "Delete them", () => void actions.many.remove(picked).then(selection.clear));
    const row = events.get(eventIdAt(document.activeElement)) ?? (isForm ? undefined : chosen);
    if (row) host.onDelete(row);
  };

  const startNew = useStable((slot: Slot | null) => {
    const times = slot ? slotTimes(slot, zone, settings) : nextTimes(day, zone, settings);
    // With a form open, another slot is another time for it.
    if (slot && edit) return editing.change({ ...times, ...movedReminder(edit.fields, times.start_time, zone) });
    changeFilters({ event: 0 });
    const fields = fieldsForNew(times, filters, settings, session, directory);
    editing.startNew({ ...fields, ...slot?.place }, slot !== null && !isPhone());
  });
  const save = useStable(async (one: Edit) => {
    const { base, fields } = one;
    if (base && events.get(base.id)) {
      const send = async (scope: Scope) => (await actions.save(base, fields, scope)) && editing.finish();
      // Another rule is never for one occurrence alone.
      return ask(base, "Save", (scope) => void send(scope), fields.rrule === undefined ? EVERY_SCOPE : [1, 2]);
    }
    const made = await actions.create(one.fields);
    if (!made) return;
    editing.finish();
    changeFilters({ event: one.isQuick ? 0 : made.id });
  });
  const goToday = useCallback(() => changeFilters({ day: dateIn(nowSeconds(), zone) }), [changeFilters, zone]);
  // "My day" has no pages.
  const turnPage = (pages: 1 | -1) => view !== "my_day" && changeFilters({ day: pageDay(view, day, pages) });
  const firstDue = reminders.due[0];
  const redo = () => void (redoLast() || tell("There is nothing to do again"));

  useShortcuts({
    n: () => startNew(null),
    t: goToday,
    m: () => changeFilters({ view: "month" }),
    w: () => changeFilters({ view: "week" }),
    d: () => changeFilters({ view: "day" }),
    a: () => changeFilters({ view: "agenda" }),
    y: () => changeFilters({ view: "my_day" }),
    l: () => changeFilters({ view: "desk" }),
    g: calls.claimNext,
    j: () => turnPage(1),
    k: () => turnPage(-1),
    e: () => chosen && host.onEdit(chosen),
    c: () => chosen?.status === EventStatus.OPEN && host.onDone(chosen),
    x: () => firstDue && reminders.done(firstDue),
    z: () => firstDue && reminders.snooze(firstDue, 300),
    X: reminders.doneAll,
    "?": () => setOpened({ kind: "keys" }),
    "/": () => document.getElementById("search")?.focus(),
    s: pickFocused(selection.toggle),
    S: pickFocused(selection.extend),
    "ctrl+a": selection.all,
    Delete: removeSelected,
    Escape: selection.clear,
    "ctrl+z": () => void (undoLast() || tell("There is nothing to undo")),
    "ctrl+y": redo,
    "ctrl+Z": redo,
  });

  const range = visibleRange(view, day, shape);
  const saveCsv = () => void import("./export").then((module) => module.saveCsv(rows, range, zone, directory));
  const account = accountItems({
    session,
    directory,
    onOpen: setOpened,
    onSelect: selection.start,
    onCsv: saveCsv,
    onSignOut: () => setQuestion({ title: "Sign out?", text: "You need a token to come back. Drafts of this tab are forgotten.", yes: "Sign out", act: onLeave }),
  });
  const loaded = useMemo(() => (rows.length ? [] : events.rows), [rows.length, events.rows]);
  const unknown = unknownDesk(desk, directory.desks.map((one) => one.code));
  const draft = useMemo(() => (edit && (!edit.base || edit.fields.start_time !== edit.base.start_time) ? draftRow(edit) : null), [edit]);

  const hasOverlay = [draftBox(edit), pointed, menu, question, scopeQuestion].some(Boolean);
  const hasDialog = [opened, conflict].some(Boolean);

  return (
    <div className="page" data-panel={hasPanel} data-side={isSideOpen} data-selecting={selection.isOn} data-density={settings.density}>
      <a className="skip" href="#calendar">
        Skip to the calendar
      </a>
      <SideBar
        session={session}
        filters={filters}
        settings={settings}
        directory={directory}
        theme={theme}
        now={now}
        unknownDesk={unknown}
        drafts={editing.drafts}
        isOpen={isSideOpen}
        onChange={changeFilters}
        onSettings={changeSettings}
        onTheme={onTheme}
        onResume={editing.resume}
        onNew={() => (setIsSideOpen(false), startNew(null))}
        onMeeting={() => (setIsSideOpen(false), setOpened({ kind: "meeting" }))}
        onClose={() => setIsSideOpen(false)}
      />
      <main className="main">
        <TopBar
          filters={filters}
          shape={shape}
          theme={theme}
          isLoading={events.isLoading && isOpen}
          isMenuOpen={isSideOpen}
          isLead={isLead(session, directory)}
          found={<SearchResults api={api} search={filters.search} zone={zone} shown={rows} onOpen={open} />}
          bell={<Bell reminders={reminders} onOpen={() => setOpened({ kind: "reminders" })} />}
          account={<AccountMenu person={directory.person(session.id)} items={account} />}
          onChange={changeFilters}
          onToday={goToday}
          onTheme={onTheme}
          onMenu={() => setIsSideOpen(true)}
        />
        <ConnectionBar state={link.state} error={events.error} onRetry={() => link.connection.retryNow()} onReload={events.reload} onLeave={onOver} />
        <p className="horizon" role="status">{horizonText(events.horizon, range, zone)}</p>
        <SelectionArea selection={selection}>
        {isWork ? (
          <WorkViews
            rows={rows}
            filters={filters}
            settings={settings}
            now={now}
            zonesVersion={version}
            directory={directory}
            me={session.id}
            api={api}
            isComplete={events.isComplete}
            reminders={reminders}
            calls={calls}
            host={host}
            onChange={changeFilters}
            onOpen={open}
            onNew={startNew}
            onMore={(items) => setOpened({ kind: "more", items })}
            onPoint={setPointed}
            onMenu={(row, x, y) => setMenu({ row, x, y })}
          />
        ) : (
        <CalendarView
          rows={rows}
          draft={draft}
          filters={filters}
          shape={shape}
          settings={settings}
          now={now}
          zonesVersion={version}
          directory={directory}
          me={session.id}
          isLoading={events.isLoading}
          isComplete={events.isComplete}
          emptyText={emptyText(filters, loaded, unknown)}
          onChange={changeFilters}
          onOpen={open}
          onDone={host.onDone}
          onNew={startNew}
          onMove={(item, start, isAllDayRow) => host.onMove(item.resource, droppedTimes(item, start, isAllDayRow, zone))}
          onResize={(item, start, end) => host.onMove(item.resource, resizedItem(item, start, end, zone))}
          onWholeDay={(whole) => setOpened({ kind: "day", day: whole })}
          onMore={(items) => setOpened({ kind: "more", items })}
          onPoint={setPointed}
          onMenu={(row, x, y) => setMenu({ row, x, y })}
          onNudge={host.onNudge}
        />
        )}
        </SelectionArea>
        <SelectionBar selection={selection} zone={zone} directory={directory} actions={actions} host={host} />
        <button type="button" className="round-button" aria-label="New event" onClick={() => startNew(null)}>
          <Icon name="plus" size={22} />
        </button>
        <ReminderCards reminders={reminders} zone={zone} now={now} isQuiet={isNarrow && hasPanel} onAll={() => setOpened({ kind: "reminders" })} onOpen={open} onComplete={host.onDone} />
      </main>
      {hasPanel && (
        <EventPanel
          key={isForm ? `form ${edit.base?.id ?? "new"}` : chosen?.id}
          row={(isForm ? editedRow : chosen) ?? null}
          editing={editing}
          zone={zone}
          session={session}
          settings={settings}
          directory={directory}
          api={api}
          details={host}
          calls={calls}
          onSave={save}
          onClose={close}
        />
      )}
      {hasOverlay && (
        <PageOverlays
          editing={editing}
          pointed={pointed}
          menu={menu}
          question={question}
          scopeQuestion={scopeQuestion}
          zone={zone}
          settings={settings}
          directory={directory}
          host={host}
          rowOf={events.get}
          onSave={save}
          onPointed={setPointed}
          onMenu={setMenu}
          onQuestion={setQuestion}
          onSelect={selection.start}
          onScope={closeScope}
        />
      )}
      {hasDialog && (
        <PageDialogs
          opened={opened}
          conflict={conflict}
          items={rows.map((row) => toItem(row, zone))}
          filters={filters}
          settings={settings}
          session={session}
          directory={directory}
          reminders={reminders}
          now={now}
          api={api}
          actions={actions}
          host={host}
          tell={tell}
          onSettled={editing.finish}
          onBack={() => setConflict(null)}
          onClose={() => setOpened(null)}
        />
      )}
      <ToastStack toasts={toasts} hold={hold} onDismiss={dismiss} />
    </div>
  );
}
