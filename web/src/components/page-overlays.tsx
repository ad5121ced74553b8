// What floats over the page: the quick form, the card of an event, its menu, a question.

import type { Edit } from "../drafts";
import { commandsFor } from "../event-commands";
import { withType } from "../new-event";
import type { Settings } from "../settings";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import type { Editing } from "../use-edit";
import type { EventHost } from "../use-event-host";
import { ScopeDialog, type ScopeQuestion } from "./scope-dialog";
import { ConfirmDialog, type Question } from "./confirm-dialog";
import { EventMenu } from "./event-menu";
import type { Pointed } from "./event-pointer";
import { HoverCard } from "./hover-card";
import { QuickAdd } from "./quick-add";

export interface OverlaysProps {
  editing: Editing;
  pointed: Pointed | null;
  menu: { row: EventRow; x: number; y: number } | null;
  question: Question | null;
  scopeQuestion: ScopeQuestion | null;
  zone: string;
  settings: Settings;
  directory: Directory;
  host: EventHost;
  /** The event as it is now; undefined: gone. */
  rowOf: (id: number) => EventRow | undefined;
  onSave: (edit: Edit) => Promise<void>;
  onPointed: (pointed: Pointed | null) => void;
  onMenu: (menu: null) => void;
  onQuestion: (question: null) => void;
  onScope: () => void;
  onSelect: (id: number) => void;
}

export function PageOverlays({ editing, pointed, menu, question, scopeQuestion, zone, settings, directory, host, rowOf, onSave, onPointed, onMenu, onQuestion, onScope, onSelect }: OverlaysProps) {
  const { edit } = editing;
  const seen = pointed && !menu ? rowOf(pointed.row.id) : undefined;
  return (
    <>
      {edit?.isQuick && <QuickAdd edit={edit} editing={editing} zone={zone} onType={(type) => editing.change(withType(edit.fields, type, settings))} onSave={onSave} />}
      {pointed && seen && <HoverCard pointed={{ ...pointed, row: seen }} zone={zone} directory={directory} settings={settings} onDone={host.onDone} onClose={() => onPointed(null)} />}
      {menu && <EventMenu {...menu} commands={[...commandsFor(menu.row, host), { label: "Select", icon: "task", keys: "S", act: () => onSelect(menu.row.id) }]} onClose={() => onMenu(null)} />}
      {scopeQuestion && <ScopeDialog question={scopeQuestion} onClose={onScope} />}
      {question && <ConfirmDialog question={question} onClose={() => onQuestion(null)} />}
    </>
  );
}
