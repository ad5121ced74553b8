// The current minute, for what changes as time passes.

import { useEffect, useState } from "react";

/** The minute that it is, as it passes; also after a sleep of the machine and a change of its clock. */
export function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / 60_000) * 60);
  useEffect(() => {
    const look = () => setMinute(Math.floor(Date.now() / 60_000) * 60);
    const timer = setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, []);
  return minute;
}
