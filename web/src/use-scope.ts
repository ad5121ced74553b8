// Of an occurrence of a series it is asked for which of them a change is; of a single event nothing is asked.

import { useCallback, useState } from "react";
import type { ScopeQuestion } from "./components/scope-dialog";
import type { EventRow } from "./types.gen";

/** This one, this and following, all. Source: contract, section 13. */
export type Scope = 0 | 1 | 2;

export const EVERY_SCOPE: Scope[] = [0, 1, 2];

/** Asks if there is something to ask, then acts. `verb`: "Move", "Delete". */
export type AskScope = (row: EventRow, verb: string, act: (scope: Scope) => void, scopes?: Scope[]) => void;

export function useScope(): { ask: AskScope; scopeQuestion: ScopeQuestion | null; closeScope: () => void } {
  const [scopeQuestion, setQuestion] = useState<ScopeQuestion | null>(null);
  const ask = useCallback<AskScope>((row, verb, act, scopes = EVERY_SCOPE) => {
    if (!row.series_id) return act(0);
    setQuestion({ title: `${verb} “${row.title}”`, scopes, act });
  }, []);
  const closeScope = useCallback(() => setQuestion(null), []);
  return { ask, scopeQuestion, closeScope };
}
