// Where somebody without a token arrives.

import { useState } from "react";
import { readToken, sessionProblem, type Session } from "../session";

export function SignIn({ problem, onEnter }: { problem: string; onEnter: (session: Session) => void }) {
  const [token, setToken] = useState("");
  const [error, setError] = useState("");
  const enter = () => {
    const session = readToken(token);
    const refusal = session && sessionProblem(session);
    if (refusal) setError(refusal);
    else if (session) onEnter(session);
    else setError("This is no token. It has three parts with dots between them.");
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={(event) => (event.preventDefault(), enter())}>
        <span className="logo" aria-hidden="true" />
        <h1>Sign in to Deskcal</h1>
        <p className="hint">Open the calendar from your CRM, or paste a token from <code>deskcal token</code>.</p>
        <label className="field">
          <span className="label">Token</span>
          <textarea className="input" rows={4} value={token} spellCheck={false} autoFocus
            aria-describedby="token-error" onChange={(event) => (setToken(event.target.value), setError(""))} />
        </label>
        <p id="token-error" className="error" role="alert">{error || problem}</p>
        <button className="button primary wide">Sign in</button>
      </form>
    </main>
  );
}
