// What this browser shows and starts with.

import { useState, type ReactNode } from "react";
import type { Api } from "../api";
import { beforeLabel, BEFORE_CHOICES } from "../reminder-choice";
import { TYPES } from "../labels";
import type { Settings, Template } from "../settings";
import { allZones, zoneText } from "../time/canonical";
import type { EventType } from "../types.gen";
import { DevicesDialog } from "./devices-dialog";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

interface Props {
  settings: Settings;
  api: Api;
  zone: string;
  me: number;
  onChange: (changes: Partial<Settings>) => void;
  onClose: () => void;
}

const LENGTHS = [15, 30, 45, 60, 90, 120];
const LANGUAGES: [string, string][] = [
  ["en-GB", "English (UK)"], ["en-US", "English (US)"], ["de", "Deutsch"], ["es", "Español"], ["fr", "Français"], ["it", "Italiano"],
  ["pl", "Polski"], ["pt", "Português"], ["tr", "Türkçe"], ["el", "Ελληνικά"], ["ru", "Русский"], ["uk", "Українська"],
];
const STARTS: [string, string][] = [["1", "Monday"], ["7", "Sunday"], ["6", "Saturday"]];

export function SettingsDialog(props: Props) {
  const { api, zone, me } = props;
  const [hasDevices, setHasDevices] = useState(false);
  return (
    <>
      <SettingsForm {...props} onDevices={() => setHasDevices(true)} />
      {hasDevices && <DevicesDialog api={api} zone={zone} me={me} onClose={() => setHasDevices(false)} />}
    </>
  );
}

function SettingsForm({ settings, onChange, onDevices, onClose }: Props & { onDevices: () => void }) {
  const zones = allZones().map((name): [string, string] => [name, zoneText(name)]);
  const setZone = (index: number, zone: string) => {
    const next = [...settings.zones];
    next[index] = zone;
    onChange({ zones: next.filter(Boolean) });
  };
  const setTemplate = (type: EventType, changes: Partial<Template>) => {
    const before = settings.templates[type] ?? { title: "", lengthMin: settings.lengthMin, remindBeforeSec: settings.remindBeforeSec };
    onChange({ templates: { ...settings.templates, [type]: { ...before, ...changes } } });
  };
  return (
    <Dialog title="Settings" wide onClose={onClose}>
      <div className="form settings">
        <Group title="Dates and times">
          <Choice label="Week starts on" value={String(settings.weekStart)} options={STARTS} onChange={(value) => onChange({ weekStart: Number(value) })} />
          <Choice label="Clock" value={settings.isTwelveHours ? "12" : "24"} options={[["24", "24 hours"], ["12", "12 hours"]]} onChange={(value) => onChange({ isTwelveHours: value === "12" })} />
          <Choice label="Language of dates" value={settings.locale} options={LANGUAGES} onChange={(locale) => onChange({ locale })} />
          <Choice label="Second zone" value={settings.zones[0] ?? ""} options={[["", "None"], ...zones]} onChange={(zone) => setZone(0, zone)} />
          <Choice label="Third zone" value={settings.zones[1] ?? ""} options={[["", "None"], ...zones]} onChange={(zone) => setZone(1, zone)} />
          <Choice label="Density" value={settings.density} options={[["normal", "Normal"], ["compact", "Compact"]]} onChange={(density) => onChange({ density: density as Settings["density"] })} />
        </Group>
        <Group title="New events">
          <Choice label="Type" value={String(settings.newType)} options={TYPES.map(([value, label]) => [String(value), label])} onChange={(value) => onChange({ newType: Number(value) as EventType })} />
          <Choice label="Length" value={String(settings.lengthMin)} options={LENGTHS.map((value) => [String(value), `${value} min`])} onChange={(value) => onChange({ lengthMin: Number(value) })} />
          <Choice label="Reminder" value={String(settings.remindBeforeSec)} options={[["0", "None"], ...BEFORE_CHOICES.map(([value]): [string, string] => [String(value), beforeLabel(value)])]} onChange={(value) => onChange({ remindBeforeSec: Number(value) })} />
        </Group>
        <details>
          <summary>Templates by type</summary>
          <div className="templates">
            {TYPES.map(([type, label]) => (
              <div key={type} className="template">
                <span className="label">{label}</span>
                <input className="input" aria-label={`Title of a new ${label.toLowerCase()}`} placeholder="Title" value={settings.templates[type]?.title ?? ""} onChange={(event) => setTemplate(type, { title: event.target.value })} />
                <select className="input" aria-label={`Length of a new ${label.toLowerCase()}`} value={settings.templates[type]?.lengthMin ?? settings.lengthMin} onChange={(event) => setTemplate(type, { lengthMin: Number(event.target.value) })}>
                  {LENGTHS.map((value) => <option key={value} value={value}>{value} min</option>)}
                </select>
              </div>
            ))}
          </div>
        </details>
        <Group title="Links from numbers">
          <Link label="Customer" sample="https://crm.example/customers/{customer_id}" value={settings.customerLink} onChange={(customerLink) => onChange({ customerLink })} />
          <Link label="Lead" sample="https://crm.example/leads/{lead_id}" value={settings.leadLink} onChange={(leadLink) => onChange({ leadLink })} />
          <Link label="Login" sample="https://crm.example/accounts/{login}" value={settings.loginLink} onChange={(loginLink) => onChange({ loginLink })} />
          <Link label="Call" sample="tel:{customer_id}" value={settings.callLink} onChange={(callLink) => onChange({ callLink })} />
        </Group>
        <Group title="Calendar apps">
          <button type="button" className="button" onClick={onDevices}>
            <Icon name="phone" size={14} />
            Passwords of devices
          </button>
        </Group>
        <label className="switch">
          <input type="checkbox" role="switch" checked={settings.hasSound} onChange={(event) => onChange({ hasSound: event.target.checked })} />
          Sound with reminders
        </label>
      </div>
    </Dialog>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="settings-group">
      <legend className="label">{title}</legend>
      {children}
    </fieldset>
  );
}

function Choice({ label, value, options, onChange }: { label: string; value: string; options: [string, string][]; onChange: (value: string) => void }) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([one, text]) => <option key={one} value={one}>{text}</option>)}
        {!options.some(([one]) => one === value) && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

function Link({ label, sample, value, onChange }: { label: string; sample: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input className="input" placeholder={sample} value={value} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
