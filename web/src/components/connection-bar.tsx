// Says when what is seen may be old, and why.

import type { ConnectionState } from "../connection";
import { Icon } from "./icon";

interface Props {
  state: ConnectionState;
  error: string | null;
  onRetry: () => void;
  onReload: () => void;
  onLeave: () => void;
}

export function ConnectionBar({ state, error, onRetry, onReload, onLeave }: Props) {
  const [text, label, act] =
    state === "lost"
      ? ["The connection is lost. What you see may be old; nothing can be saved until it is back.", "Try now", onRetry]
      : state === "refused"
        ? ["Your session is over. Sign in again.", "Sign in", onLeave]
        : error
          ? [error, "Try again", onReload]
          : [null, "", onRetry];
  return (
    <div role="status" aria-live="polite">
      {text && (
        <div className="notice" data-state={state}>
          <Icon name="alert" />
          <span>{text}</span>
          <button type="button" className="button small" onClick={act as () => void}>
            {label as string}
          </button>
        </div>
      )}
    </div>
  );
}
