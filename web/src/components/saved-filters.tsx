// Filters under a name, kept by this browser.

import { useState } from "react";
import { defaultFilters, formatFilters, parseFilters, type Filters } from "../filters";
import type { SavedFilter, Settings } from "../settings";
import type { ChangeFilters } from "../use-filters";
import { Icon } from "./icon";

interface Props {
  filters: Filters;
  settings: Settings;
  onChange: ChangeFilters;
  onSettings: (changes: Partial<Settings>) => void;
}

const MOST = 20;

export function SavedFilters({ filters, settings, onChange, onSettings }: Props) {
  const [name, setName] = useState<string | null>(null);
  const query = queryOf(filters);
  const save = () => {
    const trimmed = name?.trim();
    setName(null);
    if (!trimmed) return;
    onSettings({ filters: [...settings.filters.filter((one) => one.name !== trimmed), { name: trimmed, query }].slice(-MOST) });
  };
  const isNew = query !== "" && !settings.filters.some((one) => one.query === query);
  if (!settings.filters.length && !isNew) return null;
  return (
    <fieldset className="side-group">
      <legend>
        Saved filters
        {isNew && name === null && <button type="button" className="text-button" onClick={() => setName("")}>Save these</button>}
      </legend>
      {name !== null && (
        <input className="input" aria-label="Name of these filters" placeholder="Name, then Enter" autoFocus maxLength={40} value={name} onBlur={save}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") save();
            if (event.key === "Escape") (event.stopPropagation(), setName(null));
          }} />
      )}
      <ul className="saved-list">
        {settings.filters.map((one) => (
          <li key={one.name}>
            <button type="button" className="chip" aria-pressed={one.query === query} onClick={() => onChange(changesOf(one, filters))}>{one.name}</button>
            <button type="button" className="icon-button small" aria-label={`Forget ${one.name}`} onClick={() => onSettings({ filters: settings.filters.filter((other) => other !== one) })}>
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** What filters, without view, day, zone, search and event. */
function queryOf(filters: Filters): string {
  const usual = defaultFilters(filters.day, filters.zone, filters.view);
  const query = new URLSearchParams(formatFilters({ ...filters, search: "", event: 0 }, usual));
  query.delete("view");
  return query.toString();
}

function changesOf({ query }: SavedFilter, now: Filters): Partial<Filters> {
  const { brand, desk, managers, types, statuses, priorities } = parseFilters(query, defaultFilters(now.day, now.zone, now.view));
  return { brand, desk, managers, types, statuses, priorities };
}
