// Short messages about what was done, some with a way back.

import { useCallback, useRef, useState } from "react";

export interface Toast {
  id: number;
  text: string;
  kind: "done" | "failed";
  undo?: () => void;
}

const SHOWN_MS = 8000;
const AT_ONCE = 3;

export type Tell = (text: string, more?: { undo?: () => void; failed?: boolean }) => void;

export function useToasts(): { toasts: Toast[]; tell: Tell; dismiss: (id: number) => void } {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const lastId = useRef(0);
  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, { undo, failed } = {}) => {
      const id = ++lastId.current;
      const toast: Toast = { id, text, kind: failed ? "failed" : "done", undo };
      setToasts((all) => [...all.slice(1 - AT_ONCE), toast]);
      setTimeout(() => dismiss(id), SHOWN_MS);
    },
    [dismiss],
  );
  return { toasts, tell, dismiss };
}
