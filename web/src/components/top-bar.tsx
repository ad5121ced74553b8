// Where one is, and how to get elsewhere: pages, views, search; and, where there is room, zone and switches.

import { VIEWS, type Filters, type ViewName } from "../filters";
import type { ChangeFilters } from "../use-filters";
import type { Theme } from "../use-theme";
import { pageDay, rangeTitle, type Shape } from "../visible-range";
import { Icon } from "./icon";
import { ThemeSwitch } from "./switches";
import type { ReactNode } from "react";
import { ZonePicker } from "./zone-picker";

interface Props {
  filters: Filters;
  shape: Shape;
  theme: Theme;
  isLoading: boolean;
  isMenuOpen: boolean;
  /** Whether the desk is shown to lead it. */
  isLead: boolean;
  /** Results of a search, below its field. */
  found: ReactNode;
  bell: ReactNode;
  account: ReactNode;
  onChange: ChangeFilters;
  onToday: () => void;
  onTheme: (theme: Theme) => void;
  onMenu: () => void;
}

const NAMES: Record<ViewName, string> = { month: "Month", week: "Week", work_week: "Work week", day: "Day", agenda: "Agenda", my_day: "My day", desk: "Desk" };

export function TopBar({ filters, shape, theme, isLoading, isMenuOpen, isLead, found, bell, account, onChange, onToday, onTheme, onMenu }: Props) {
  const { view, day } = filters;
  const views = VIEWS.filter((name) => name !== "desk" || isLead || view === "desk");
  const page = (pages: 1 | -1) => onChange({ day: pageDay(view, day, pages) });
  return (
    <header className="top">
      <button type="button" className="icon-button only-narrow" aria-label="Calendars and filters" aria-expanded={isMenuOpen} onClick={onMenu}>
        <Icon name="menu" />
      </button>
      {view !== "my_day" && (
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
      )}
      <h1 className="top-title" aria-live="polite">
        {rangeTitle(view, day, shape)}
      </h1>
      <span className="loader" data-on={isLoading} aria-hidden="true" />
      <div className="search">
        <Icon name="search" />
        <input
          id="search"
          className="input"
          type="search"
          placeholder="Search"
          aria-label="Search events"
          value={filters.search}
          onChange={(event) => onChange({ search: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") onChange({ search: "" });
            const first = event.key === "ArrowDown" && document.querySelector<HTMLElement>(".found .plain-row");
            if (first) (event.preventDefault(), first.focus());
          }}
        />
        {found}
      </div>
      <div className="segments" role="group" aria-label="View">
        {views.map((name) => (
          <button key={name} type="button" aria-pressed={name === view} onClick={() => onChange({ view: name })}>
            {NAMES[name]}
          </button>
        ))}
      </div>
      <label className="view-select">
        <span className="visually-hidden">View</span>
        <select className="input" value={view} onChange={(event) => onChange({ view: event.target.value as ViewName })}>
          {views.map((name) => (
            <option key={name} value={name}>
              {NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <ZonePicker zone={filters.zone} day={day} onChange={(zone) => onChange({ zone })} />
      {bell}
      <ThemeSwitch theme={theme} onTheme={onTheme} />
      {account}
    </header>
  );
}
