// The settings of this browser, as they change.

import { useSyncExternalStore } from "react";
import { settings, watchSettings } from "./kept-settings";
import type { Settings } from "./settings";

export function useSettings(): Settings {
  return useSyncExternalStore(watchSettings, settings);
}
