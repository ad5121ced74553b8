// Asks which occurrences of a series a change is for.

import { useRef } from "react";
import type { Scope } from "../use-scope";
import { Dialog } from "./dialog";

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
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <Dialog title={question.title} onClose={onClose}>
      <div ref={list} className="scopes" role="group" aria-label="Which of the series" onKeyDown={onKey}>
        {question.scopes.map((scope, index) => (
          <button key={scope} type="button" className="scope" autoFocus={index === 0} onClick={() => (onClose(), question.act(scope))}>
            <strong>{TEXTS[scope][0]}</strong>
            <span className="hint">{TEXTS[scope][1]}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
