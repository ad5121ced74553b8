// The switches of this browser: its colours, its notifications. As icons, or with their words.

import { useState } from "react";
import type { Theme } from "../use-theme";
import { Icon, type IconName } from "./icon";

interface SwitchProps {
  icon: IconName;
  label: string;
  hasWords: boolean;
  onClick: () => void;
}

function Switch({ icon, label, hasWords, onClick }: SwitchProps) {
  return hasWords ? (
    <button type="button" className="button" onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  ) : (
    <button type="button" className="icon-button hide-narrow" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

export function ThemeSwitch({ theme, hasWords = false, onTheme }: { theme: Theme; hasWords?: boolean; onTheme: (theme: Theme) => void }) {
  const other = theme === "dark" ? "light" : "dark";
  return <Switch icon={theme === "dark" ? "sun" : "moon"} label={theme === "dark" ? "Light colours" : "Dark colours"} hasWords={hasWords} onClick={() => onTheme(other)} />;
}

/** Asks for the browser's notifications, while it has not been asked. */
export function AlertSwitch({ hasWords = false }: { hasWords?: boolean }) {
  const [permission, setPermission] = useState(() => (typeof Notification === "undefined" ? "denied" : Notification.permission));
  if (permission !== "default") return null;
  const ask = () => void Notification.requestPermission().then(setPermission);
  return <Switch icon="bell" label="Allow desktop reminders" hasWords={hasWords} onClick={ask} />;
}
