// Whose calendars are seen, and which events of them; on a phone also the zone and the switches.

import { useEffect, useMemo, useRef } from "react";
import { deskMatches } from "../desk-mask";
import type { Edit } from "../drafts";
import type { Filters } from "../filters";
import { PRIORITIES, STATUSES, TYPES } from "../labels";
import type { Session } from "../session";
import type { Settings } from "../settings";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import type { Theme } from "../use-theme";
import { DeskFilter } from "./desk-filter";
import { Icon } from "./icon";
import { MiniMonth } from "./mini-month";
import { SavedFilters } from "./saved-filters";
import { AlertSwitch, ThemeSwitch } from "./switches";
import { ZonePicker } from "./zone-picker";

interface Props {
  session: Session;
  filters: Filters;
  directory: Directory;
  theme: Theme;
  settings: Settings;
  /** Unix seconds. */
  now: number;
  /** A desk of the mask that nobody knows; empty: none. */
  unknownDesk: string;
  drafts: Edit[];
  /** Matters where it is a drawer: on narrow pages. */
  isOpen: boolean;
  onChange: ChangeFilters;
  onSettings: (changes: Partial<Settings>) => void;
  onTheme: (theme: Theme) => void;
  onResume: (draft: Edit) => void;
  onNew: () => void;
  onMeeting: () => void;
  onClose: () => void;
}

export function SideBar({ session, filters, directory, theme, settings, now, unknownDesk, drafts, isOpen, onChange, onSettings, onTheme, onResume, onNew, onMeeting, onClose }: Props) {
  const { drawer, leave } = useFocusWhile(isOpen, onClose);
  const { managers, desk } = filters;
  const ownMask = ownDesk(session, directory);
  const isMine = managers.length === 1 && managers[0] === session.id;
  const isMyDesk = managers.length === 0 && desk === ownMask && desk !== "*";
  const all = { managers: [], desk: "*", brand: "" };
  return (
    <>
      <div className="side-shade" onClick={onClose} />
      <aside ref={drawer} className="side" aria-label="Calendars and filters" onBlur={leave} onKeyDown={(event) => event.key === "Escape" && onClose()}>
        <div className="brand">
          <span className="logo" aria-hidden="true" />
          Deskcal
          <button type="button" className="icon-button only-narrow" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        <div className="side-actions">
          <button type="button" className="button primary" onClick={onNew}>
            <Icon name="plus" />
            New event
          </button>
          <button type="button" className="button" onClick={onMeeting}>
            <Icon name="people" />
            Desk meeting
          </button>
        </div>
        <MiniMonth day={filters.day} zone={filters.zone} now={now} weekStart={settings.weekStart} onPick={(day) => (onChange(filters.view === "my_day" ? { view: "day", day } : { day }), onClose())} />
        <div className="segments full" role="group" aria-label="Whose events">
          <button type="button" aria-pressed={isMine} onClick={() => onChange(isMine ? all : { ...all, managers: [session.id] })}>
            My calendar
          </button>
          <button type="button" aria-pressed={isMyDesk} onClick={() => onChange(isMyDesk ? all : { ...all, desk: ownMask })}>
            My desk
          </button>
          <button type="button" aria-pressed={!isMine && !isMyDesk && managers.length === 0 && desk === "*"} onClick={() => onChange(all)}>
            All
          </button>
        </div>
        {drafts.length > 0 && <DraftList drafts={drafts} onResume={(draft) => (onClose(), onResume(draft))} />}
        <SavedFilters filters={filters} settings={settings} onChange={onChange} onSettings={onSettings} />
        <DeskFilter filters={filters} directory={directory} unknownDesk={unknownDesk} onChange={onChange} />
        <People filters={filters} directory={directory} me={session.id} onChange={onChange} />
        <Choices title="Status" options={STATUSES} chosen={filters.statuses} onChange={(statuses) => onChange({ statuses })} />
        <Choices title="Type" options={TYPES} chosen={filters.types} onChange={(types) => onChange({ types })} />
        <Choices title="Priority" options={PRIORITIES} chosen={filters.priorities} onChange={(priorities) => onChange({ priorities })} />
        <div className="side-switches">
          <ZonePicker zone={filters.zone} day={filters.day} onChange={(zone) => onChange({ zone })} />
          <ThemeSwitch theme={theme} hasWords onTheme={onTheme} />
          <AlertSwitch hasWords />
        </div>
      </aside>
    </>
  );
}

/** What was typed and not saved. */
function DraftList({ drafts, onResume }: { drafts: Edit[]; onResume: (draft: Edit) => void }) {
  return (
    <section className="side-group" aria-label="Drafts">
      <h2 className="label">Drafts</h2>
      <ul className="draft-list">
        {drafts.map((draft, index) => (
          <li key={index}>
            <button type="button" className="text-button" onClick={() => onResume(draft)}>{draft.fields.title.trim() || "New event"}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Moves the focus into the drawer when it opens, and back when it closes; where the focus goes on from it, it closes. */
function useFocusWhile(isOpen: boolean, onClose: () => void) {
  const drawer = useRef<HTMLElement>(null);
  const isLeft = useRef(false);
  useEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement as HTMLElement | null;
    const box = drawer.current;
    isLeft.current = false;
    box?.querySelector("button")?.focus();
    return () => {
      const now = document.activeElement;
      if (!isLeft.current && (now === document.body || box?.contains(now))) before?.focus();
    };
  }, [isOpen]);
  const leave = ({ relatedTarget }: React.FocusEvent) => {
    if (!isOpen || !relatedTarget || drawer.current?.contains(relatedTarget)) return;
    isLeft.current = true;
    onClose();
  };
  return { drawer, leave };
}

/** The desks of the token; of one for every desk, those that the directory has for its manager. */
function ownDesk(session: Session, directory: Directory): string {
  if (session.desks !== "*") return session.desks;
  return directory.person(session.id).desks || "*";
}

function People({ filters, directory, me, onChange }: Pick<Props, "filters" | "directory" | "onChange"> & { me: number }) {
  const { managers, brand, desk } = filters;
  const people = useMemo(
    () =>
      directory.people
        .filter((one) => one.id === me || managers.includes(one.id) || ((!brand || !one.brand || one.brand === brand) && sharesDesk(one.desks, desk)))
        .sort((a, b) => Number(b.id === me) - Number(a.id === me) || a.name.localeCompare(b.name)),
    [directory, me, managers, brand, desk],
  );
  const toggle = (id: number) => onChange({ managers: managers.includes(id) ? managers.filter((one) => one !== id) : [...managers, id] });
  return (
    <fieldset className="side-group">
      <legend>
        Managers
        {managers.length > 0 && (
          <button type="button" className="text-button" onClick={() => onChange({ managers: [] })}>
            Show all
          </button>
        )}
      </legend>
      <div className="people">
        {people.map((one) => (
          <label key={one.id} className="check" style={{ "--c": one.colour } as React.CSSProperties}>
            <input type="checkbox" checked={managers.includes(one.id)} onChange={() => toggle(one.id)} />
            <span className="check-name">{one.name}</span>
            {one.id === me && <span className="you">you</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Whether a manager of these desks belongs to a mask; one for every desk belongs to all. */
function sharesDesk(desks: string, mask: string): boolean {
  if (mask === "*" || !desks || desks === "*") return true;
  return desks.split(",").some((code) => deskMatches(mask, code.trim()));
}

interface ChoicesProps {
  title: string;
  options: [number, string][];
  chosen: number[];
  onChange: (chosen: number[]) => void;
}

/** None chosen: all are seen. */
function Choices({ title, options, chosen, onChange }: ChoicesProps) {
  const toggle = (value: number) => onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className="side-group">
      <legend>{title}</legend>
      <div className="chips">
        {options.map(([value, label]) => (
          <button key={value} type="button" className="chip" aria-pressed={chosen.includes(value)} onClick={() => toggle(value)}>
            {label}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
