// Light, dark, or as the system is.

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";

const KEY = "deskcal.theme";
const DARK = "(prefers-color-scheme: dark)";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const system = window.matchMedia(DARK);
    const follow = () => setTheme(chosenTheme());
    system.addEventListener("change", follow);
    // Another tab has chosen.
    window.addEventListener("storage", follow);
    return () => {
      system.removeEventListener("change", follow);
      window.removeEventListener("storage", follow);
    };
  }, []);
  const choose = (chosen: Theme) => {
    localStorage.setItem(KEY, chosen);
    setTheme(chosen);
  };
  return [theme, choose];
}

/** In this browser; where none was chosen, that of the system. */
function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  if (kept === "light" || kept === "dark") return kept;
  return window.matchMedia(DARK).matches ? "dark" : "light";
}
