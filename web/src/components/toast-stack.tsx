import type { Toast } from "../use-toasts";
import { Icon } from "./icon";

export function ToastStack({ toasts, onDismiss }: { toasts: Toast[]; onDismiss: (id: number) => void }) {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, kind, undo }) => (
        <div key={id} className="toast" data-kind={kind}>
          <Icon name={kind === "done" ? "check" : "alert"} />
          <span className="toast-text">{text}</span>
          {undo && (
            <button type="button" className="toast-button" onClick={() => (onDismiss(id), undo())}>
              Undo
            </button>
          )}
          <button type="button" className="toast-close" aria-label="Dismiss" onClick={() => onDismiss(id)}>
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}
