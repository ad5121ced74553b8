// Short messages about what was done, some with a way back.

import { useCallback, useRef, useState } from "react";

export interface Toast {
  id: number;
  text: string;
  kind: "done" | "failed";
  undo?: () => void;
  action?: { label: string; act: () => void };
}

const SHOWN_MS = 8000;
const AT_ONCE = 3;
const MOST_UNDOS = 20;

export type Tell = (text: string, more?: { undo?: () => void; failed?: boolean; action?: Toast["action"] }) => void;

export interface Toasts {
  toasts: Toast[];
  tell: Tell;
  dismiss: (id: number) => void;
  /** Takes back what was done last, also when its toast is gone. False: there is nothing to take back. */
  undoLast: () => boolean;
}

export function useToasts(): Toasts {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const lastId = useRef(0);
  const undos = useRef<{ id: number; undo: () => void }[]>([]);
  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, { undo, failed, action } = {}) => {
      const id = ++lastId.current;
      const once = undo && (() => {
        undos.current = undos.current.filter((one) => one.id !== id);
        undo();
      });
      if (once) undos.current = [...undos.current, { id, undo: once }].slice(-MOST_UNDOS);
      const toast: Toast = { id, text, kind: failed ? "failed" : "done", undo: once, action };
      setToasts((all) => [...all.slice(1 - AT_ONCE), toast]);
      setTimeout(() => dismiss(id), SHOWN_MS);
    },
    [dismiss],
  );
  const undoLast = useCallback(() => {
    const last = undos.current.at(-1);
    if (!last) return false;
    dismiss(last.id);
    last.undo();
    return true;
  }, [dismiss]);
  return { toasts, tell, dismiss, undoLast };
}
