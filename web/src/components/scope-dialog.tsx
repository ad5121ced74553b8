// Asks which occurrences of a series a change is for.

import type { Scope } from "../use-scope";
import { Dialog } from "./dialog";
import { moveInMenu } from "./menu-keys";

export interface ScopeQuestion {
  /** "Move “Week review”". */
  title: string;
  /** Scopes that make sense for it. */
  scopes: Scope[];
  act: (scope: Scope) => void;
}

const TEXTS: Record<Scope, [string, string]> = {
  0: ["This one", "The others stay as they are."],
  1: ["This and following", "Earlier ones stay as they are."],
  2: ["All", "All that are open and not over."],
};

export function ScopeDialog({ question, onClose }: { question: ScopeQuestion; onClose: () => void }) {
  return (
    <Dialog title={question.title} onClose={onClose}>
      <div className="scopes" role="group" aria-label="Which of the series" onKeyDown={moveInMenu}>
        {question.scopes.map((scope, index) => (
          <button key={scope} type="button" className="scope" data-first={index === 0 || undefined} onClick={() => (onClose(), question.act(scope))}>
            <strong>{TEXTS[scope][0]}</strong>
            <span className="hint">{TEXTS[scope][1]}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
