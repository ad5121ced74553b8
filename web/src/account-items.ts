// What the menu of the account has, by who is signed in.

import type { Opened } from "./calendar-page";
import type { AccountItem } from "./components/account-menu";
import { isAdmin, type Session } from "./session";
import type { Directory } from "./use-directory";
import { isLead } from "./use-event-host";

interface Host {
  session: Session;
  directory: Directory;
  onOpen: (opened: Opened) => void;
  onSelect: () => void;
  onCsv: () => void;
  onSignOut: () => void;
}

export function accountItems({ session, directory, onOpen, onSelect, onCsv, onSignOut }: Host): AccountItem[] {
  const lead: AccountItem[] = isLead(session, directory) ? [{ label: "Hand over", icon: "people", act: () => onOpen({ kind: "handover" }) }] : [];
  const admin: AccountItem[] = isAdmin(session) ? [{ label: "Webhooks", icon: "link", act: () => onOpen({ kind: "webhooks" }) }] : [];
  return [
    { label: "Settings", icon: "gear", act: () => onOpen({ kind: "settings" }) },
    { label: "Select events", icon: "task", act: () => onSelect() },
    ...lead,
    { label: "Trash", icon: "trash", act: () => onOpen({ kind: "trash" }) },
    ...admin,
    { label: "Keys", icon: "help", act: () => onOpen({ kind: "keys" }) },
    { label: "Print", icon: "print", act: () => window.print() },
    { label: "Import or export (.ics)", icon: "copy", act: () => onOpen({ kind: "files" }) },
    { label: "Export as CSV", icon: "text", act: onCsv },
    { label: "Sign out", icon: "exit", act: onSignOut },
  ];
}
