// What was done, and the way back: over the page, and over the dialog that is open.

import { createPortal } from "react-dom";
import { useTopDialog } from "../top-dialog";
import type { Toast } from "../use-toasts";
import { Icon } from "./icon";

/** The latest one is the lowest, and is read out once. */
export function ToastStack({ toasts, onDismiss }: { toasts: Toast[]; onDismiss: (id: number) => void }) {
  const latest = toasts.at(-1);
  const dialog = useTopDialog();
  const stack = (
    <div className="toasts" role="status" aria-live="polite" aria-atomic="false" aria-relevant="additions">
      {toasts.map(({ id, text, kind, undo, redo, action }) => (
        <div key={id} className="toast" data-kind={kind} data-latest={id === latest?.id}>
          <Icon name={kind === "done" ? "check" : "alert"} />
          <span className="toast-text">{text}</span>
          {action && (
            <button type="button" className="toast-button" onClick={() => (onDismiss(id), action.act())}>
              {action.label}
            </button>
          )}
          {undo && (
            <button type="button" className="toast-button" onClick={() => (onDismiss(id), undo())}>
              Undo
            </button>
          )}
          {redo && (
            <button type="button" className="toast-button" onClick={() => (onDismiss(id), redo())}>
              Redo
            </button>
          )}
          <button type="button" className="toast-close" aria-label="Dismiss" onClick={() => onDismiss(id)}>
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
  return dialog ? createPortal(stack, dialog) : stack;
}
