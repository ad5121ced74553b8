// Signed in or not; then the calendar.

import { useState } from "react";
import { CalendarPage } from "./calendar-page";
import { SignIn } from "./components/sign-in";
import { arrivingSession, forgetSession, keepSession, type Session } from "./session";
import { useTheme } from "./use-theme";

export function App() {
  const [session, setSession] = useState<Session | null>(arrivingSession);
  const [theme, setTheme] = useTheme();
  if (!session) {
    const enter = (arrived: Session) => {
      keepSession(arrived);
      setSession(arrived);
    };
    return <SignIn onEnter={enter} />;
  }
  const leave = () => {
    forgetSession();
    setSession(null);
  };
  return <CalendarPage key={session.token} session={session} theme={theme} onTheme={setTheme} onLeave={leave} />;
}
