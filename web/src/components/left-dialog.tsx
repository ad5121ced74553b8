// Events that were left as they are, and why.

import type { LeftEvent } from "../undoing";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

interface Props {
  heading: string;
  left: LeftEvent[];
  onOpen: (id: number) => void;
  onClose: () => void;
}

export function LeftDialog({ heading, left, onOpen, onClose }: Props) {
  return (
    <Dialog title={heading} wide onClose={onClose}>
      <p className="hint">These events stay as they are.</p>
      <ul className="plain-list">
        {left.map(({ id, title, why, isGone }) => (
          <li key={id}>
            <button type="button" className="plain-row" disabled={isGone} onClick={() => (onClose(), onOpen(id))}>
              <Icon name={isGone ? "trash" : "history"} size={12} />
              <span className="ev-title">{title}</span>
              <small>{why}</small>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
