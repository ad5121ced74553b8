// What was done, and the way back: over the page, or below the dialog that is open.

import { useEffect } from "react";
import { createPortal } from "react-dom";
import { useTopDialog } from "../top-dialog";
import { useHeightVariable } from "../use-height-variable";
import type { Toast, Toasts } from "../use-toasts";
import { Icon } from "./icon";

type Props = Pick<Toasts, "toasts" | "hold"> & { onDismiss: (id: number) => void };

/** The latest one is the lowest, and is read out once. */
export function ToastStack({ toasts, hold, onDismiss }: Props) {
  const latest = toasts.at(-1);
  const dialog = useTopDialog();
  const box = useHeightVariable<HTMLDivElement>("--toasts-height", dialog);
  const stack = (
    <div ref={box} className="toasts" role="status" aria-live="polite" aria-atomic="false" aria-relevant="additions">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} isLatest={toast.id === latest?.id} hold={hold} onDismiss={() => onDismiss(toast.id)} />
      ))}
    </div>
  );
  return dialog ? createPortal(stack, dialog) : stack;
}

interface LineProps extends Pick<Toasts, "hold"> {
  toast: Toast;
  isLatest: boolean;
  onDismiss: () => void;
}

function ToastLine({ toast: { id, text, kind, undo, redo, action }, isLatest, hold, onDismiss }: LineProps) {
  // Drawn elsewhere, into a dialog, it is left by pointer and focus without an event.
  useEffect(() => () => hold(id, false), [hold, id]);
  const ways = [action, undo && { label: "Undo", act: undo }, redo && { label: "Redo", act: redo }];
  return (
    <div
      className="toast"
      data-kind={kind}
      data-latest={isLatest}
      onPointerEnter={() => hold(id, true)}
      onPointerLeave={({ currentTarget }) => hold(id, currentTarget.contains(document.activeElement))}
      onFocus={() => hold(id, true)}
      onBlur={({ currentTarget, relatedTarget }) => hold(id, currentTarget.contains(relatedTarget) || currentTarget.matches(":hover"))}
    >
      <Icon name={kind === "done" ? "check" : "alert"} />
      <span className="toast-text">{text}</span>
      {ways.map(
        (way) =>
          way && (
            <button key={way.label} type="button" className="toast-button" onClick={() => (onDismiss(), way.act())}>
              {way.label}
            </button>
          ),
      )}
      <button type="button" className="toast-close" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" size={12} />
      </button>
    </div>
  );
}
