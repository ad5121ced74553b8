// The dialogs of the page, loaded when the first one is opened.

import type { Actions, Conflict } from "../actions";
import type { Api } from "../api";
import type { CalendarItem } from "../calendar-event";
import type { Opened } from "../calendar-page";
import type { Filters } from "../filters";
import { changeSettings } from "../kept-settings";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { dateIn } from "../time/clock";
import type { Directory } from "../use-directory";
import type { EventHost } from "../use-event-host";
import type { Reminders } from "../use-reminders";
import type { Tell } from "../use-toasts";
import { ConflictDialog } from "./conflict-dialog";
import { CustomerDialog } from "./customer-dialog";
import { DayDialog } from "./day-dialog";
import { DeskMeeting } from "./desk-meeting";
import { GiveDialog } from "./give-dialog";
import { HandoverDialog } from "./handover-dialog";
import { IcsDialog } from "./ics-dialog";
import { KeysDialog } from "./keys-dialog";
import { LeftDialog } from "./left-dialog";
import { ReminderDialog } from "./reminder-cards";
import { SettingsDialog } from "./settings-dialog";
import { TrashDialog } from "./trash-dialog";
import { WebhooksDialog } from "./webhooks-dialog";

export interface DialogsProps {
  opened: Opened | null;
  conflict: Conflict | null;
  items: CalendarItem[];
  filters: Filters;
  settings: Settings;
  session: Session;
  directory: Directory;
  reminders: Reminders;
  now: number;
  api: Api;
  actions: Actions;
  host: EventHost;
  tell: Tell;
  /** A conflict was settled, and its form can go. */
  onSettled: () => void;
  onBack: () => void;
  onClose: () => void;
}

export function PageDialogs(props: DialogsProps) {
  const { opened, conflict, filters, directory, session, actions, onSettled, onBack } = props;
  return (
    <>
      {opened && <One {...props} opened={opened} />}
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          zone={filters.zone}
          directory={directory}
          me={session.id}
          onSettle={(names) => void actions.settle(conflict, names).then((isSaved) => isSaved && onSettled())}
          onBack={onBack}
        />
      )}
    </>
  );
}

function One({ opened, items, filters, settings, session, directory, reminders, now, api, actions, host, tell, onClose }: DialogsProps & { opened: Opened }) {
  const { zone, day } = filters;
  const common = { zone, directory, onOpen: host.onOpen, onClose };
  switch (opened.kind) {
    case "day":
      return <DayDialog day={opened.day} items={items} me={session.id} onDone={host.onDone} {...common} />;
    case "more": {
      const ids = new Set(opened.items.map((item) => item.resource.id));
      const first = opened.items[0];
      if (!first) return null;
      return <DayDialog day={dateIn(+first.start / 1000, zone)} items={items.filter((item) => ids.has(item.resource.id))} me={session.id} onDone={host.onDone} {...common} />;
    }
    case "customer":
      return <CustomerDialog customer={opened.id} api={api} me={session.id} {...common} />;
    case "meeting":
      return <DeskMeeting session={session} day={day} api={api} actions={actions} {...common} />;
    case "reminders":
      return <ReminderDialog reminders={reminders} now={now} zone={zone} onOpen={host.onOpen} onComplete={host.onDone} onClose={onClose} />;
    case "settings":
      return <SettingsDialog settings={settings} api={api} zone={zone} me={session.id} onChange={changeSettings} onClose={onClose} />;
    case "left":
      return <LeftDialog heading={opened.heading} left={opened.left} onOpen={(id) => void api.get(id).then(host.onOpen, () => {})} onClose={onClose} />;
    case "trash":
      return <TrashDialog zone={zone} directory={directory} api={api} actions={actions} onClose={onClose} />;
    case "webhooks":
      return <WebhooksDialog api={api} zone={zone} onClose={onClose} />;
    case "handover":
      return <HandoverDialog session={session} zone={zone} directory={directory} api={api} actions={actions} onClose={onClose} />;
    case "give": {
      const { row } = opened;
      return <GiveDialog title={`Give “${row.title}” to a colleague`} directory={directory} owner={row.owner_manager_id} onGive={(manager) => host.onGiven(row, manager)} onClose={onClose} />;
    }
    case "files":
      return <IcsDialog session={session} zone={zone} directory={directory} api={api} tell={tell} onClose={onClose} />;
    case "keys":
      return <KeysDialog onClose={onClose} />;
  }
}
