// Light, dark, or as the system is.

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";

const KEY = "deskcal.theme";
const DARK = "(prefers-color-scheme: dark)";

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(KEY);
    if (kept === "light" || kept === "dark") return kept;
    return window.matchMedia(DARK).matches ? "dark" : "light";
  });
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const system = window.matchMedia(DARK);
    const follow = () => localStorage.getItem(KEY) ?? setTheme(system.matches ? "dark" : "light");
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);
  const choose = (chosen: Theme) => {
    localStorage.setItem(KEY, chosen);
    setTheme(chosen);
  };
  return [theme, choose];
}
