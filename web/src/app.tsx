// Signed in or not; then the calendar.

import { useCallback, useEffect, useState } from "react";
import { CalendarPage } from "./calendar-page";
import { SignIn } from "./components/sign-in";
import { askTabs, endSession, forgetSession, keepSession, sessionProblem, shareSession, type Session } from "./session";
import { useTheme } from "./use-theme";

/** `arrived`: the session that the page was opened with; null: none. */
export function App({ arrived }: { arrived: Session | null }) {
  const [session, setSession] = useState(arrived);
  const [hasLeft, setHasLeft] = useState(false);
  const [theme, setTheme] = useTheme();
  const problem = session ? sessionProblem(session) : "";
  const isIn = session !== null && !problem;
  const enter = useCallback((arrived: Session) => {
    keepSession(arrived);
    setSession(arrived);
  }, []);
  // A second tab need not ask for the token again; one that was signed out asks for it.
  useEffect(() => (isIn ? shareSession(session) : hasLeft ? undefined : askTabs(enter)), [isIn, session, hasLeft, enter]);
  if (!isIn) return <SignIn problem={problem} onEnter={enter} />;
  const leave = (forget: () => void) => {
    forget();
    setHasLeft(true);
    setSession(null);
  };
  return <CalendarPage key={session.token} session={session} theme={theme} onTheme={setTheme} onLeave={() => leave(forgetSession)} onOver={() => leave(endSession)} />;
}
