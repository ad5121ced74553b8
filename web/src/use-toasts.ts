// Short messages about what was done, some with a way back.

import { useCallback, useRef, useState } from "react";
import { ToastTimes } from "./toast-times";
import { UndoHistory, type Step } from "./undo-history";

export interface Toast {
  id: number;
  text: string;
  kind: "done" | "failed";
  undo?: () => void;
  redo?: () => void;
  action?: { label: string; act: () => void };
}

const AT_ONCE = 3;

export interface More {
  /** Undoes what the text says. */
  undo?: () => void;
  /** Does again what was undone. */
  redo?: () => void;
  /** What the text says was undone before. */
  isAgain?: boolean;
  failed?: boolean;
  action?: Toast["action"];
}

export type Tell = (text: string, more?: More) => void;

export interface Toasts {
  toasts: Toast[];
  tell: Tell;
  dismiss: (id: number) => void;
  /** Whether the pointer or the focus is on it: as long as it is, the toast stays. */
  hold: (id: number, isHeld: boolean) => void;
  /** Takes back what was done last, also when its toast is gone. False: there is nothing to take back. */
  undoLast: () => boolean;
  /** Does again what was undone last. False: there is nothing. */
  redoLast: () => boolean;
}

export function useToasts(): Toasts {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const lastId = useRef(0);
  const [steps] = useState(() => new UndoHistory());
  const remove = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const [times] = useState(() => new ToastTimes(remove));
  const dismiss = useCallback((id: number) => (times.end(id), remove(id)), [times, remove]);
  const use = useCallback(
    (step: Step | undefined) => {
      if (!step) return false;
      dismiss(step.id);
      steps.take(step.id)?.act();
      return true;
    },
    [dismiss, steps],
  );
  const tell = useCallback<Tell>(
    (text, { undo, redo, isAgain, failed, action } = {}) => {
      const id = ++lastId.current;
      if (undo) steps[isAgain ? "redid" : "did"]({ id, act: undo });
      if (redo) steps.undid({ id, act: redo });
      const once = () => void steps.take(id)?.act();
      const toast: Toast = { id, text, kind: failed ? "failed" : "done", undo: undo && once, redo: redo && once, action };
      times.start(id);
      setToasts((all) => [...all.filter((one, index) => index > all.length - AT_ONCE || times.isHeld(one.id)), toast]);
    },
    [times, steps],
  );
  const undoLast = useCallback(() => use(steps.lastDone()), [use, steps]);
  const redoLast = useCallback(() => use(steps.lastUndone()), [use, steps]);
  return { toasts, tell, dismiss, hold: times.hold, undoLast, redoLast };
}
