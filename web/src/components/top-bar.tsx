// Where one is, and how to get elsewhere: pages, views, search; and, where there is room, zone and switches.

import { VIEWS, type Filters, type ViewName } from "../filters";
import type { Person } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import type { Theme } from "../use-theme";
import { pageDay, rangeTitle } from "../visible-range";
import { Avatar } from "./avatar";
import { Icon } from "./icon";
import { AlertSwitch, ThemeSwitch } from "./switches";
import { ZonePicker } from "./zone-picker";

interface Props {
  filters: Filters;
  theme: Theme;
  person: Person;
  isLoading: boolean;
  isMenuOpen: boolean;
  onChange: ChangeFilters;
  onToday: () => void;
  onTheme: (theme: Theme) => void;
  onMenu: () => void;
  onLeave: () => void;
}

const NAMES: Record<ViewName, string> = { month: "Month", week: "Week", work_week: "Work week", day: "Day", agenda: "Agenda" };

export function TopBar({ filters, theme, person, isLoading, isMenuOpen, onChange, onToday, onTheme, onMenu, onLeave }: Props) {
  const { view, day } = filters;
  const page = (pages: 1 | -1) => onChange({ day: pageDay(view, day, pages) });
  return (
    <header className="top">
      <button type="button" className="icon-button only-narrow" aria-label="Calendars and filters" aria-expanded={isMenuOpen} onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <div className="top-group">
        <button type="button" className="button" onClick={onToday}>
          Today
        </button>
        <div className="pager">
          <button type="button" className="icon-button" aria-label="Previous" onClick={() => page(-1)}>
            <Icon name="left" />
          </button>
          <button type="button" className="icon-button" aria-label="Next" onClick={() => page(1)}>
            <Icon name="right" />
          </button>
        </div>
      </div>
      <h1 className="top-title" aria-live="polite">
        {rangeTitle(view, day)}
      </h1>
      <span className="loader" data-on={isLoading} aria-hidden="true" />
      <div className="search">
        <Icon name="search" />
        <input
          id="search"
          className="input"
          type="search"
          placeholder="Search titles"
          aria-label="Search titles"
          value={filters.search}
          onChange={(event) => onChange({ search: event.target.value })}
        />
      </div>
      <div className="segments" role="group" aria-label="View">
        {VIEWS.map((name) => (
          <button key={name} type="button" aria-pressed={name === view} onClick={() => onChange({ view: name })}>
            {NAMES[name]}
          </button>
        ))}
      </div>
      <label className="view-select">
        <span className="visually-hidden">View</span>
        <select className="input" value={view} onChange={(event) => onChange({ view: event.target.value as ViewName })}>
          {VIEWS.map((name) => (
            <option key={name} value={name}>
              {NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <ZonePicker zone={filters.zone} onChange={(zone) => onChange({ zone })} />
      <AlertSwitch />
      <ThemeSwitch theme={theme} onTheme={onTheme} />
      <button type="button" className="me" title={`${person.name}: sign out`} onClick={onLeave}>
        <Avatar person={person} size={28} />
        <span className="visually-hidden">{person.name}: sign out</span>
      </button>
    </header>
  );
}
