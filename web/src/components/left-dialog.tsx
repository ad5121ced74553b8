// Events that an undo has left as they are: who changed what since.

import { stampText } from "../time/formats";
import { whyLeft, type LeftEvent } from "../undoing";
import type { Directory } from "../use-directory";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

interface Props {
  left: LeftEvent[];
  zone: string;
  directory: Directory;
  onOpen: (id: number) => void;
  onClose: () => void;
}

const DELETED = 2;

export function LeftDialog({ left, zone, directory, onOpen, onClose }: Props) {
  const nameOf = (manager: number) => directory.person(manager).name;
  return (
    <Dialog title="Not undone" wide onClose={onClose}>
      <p className="hint">These events were changed after you did. They stay as they are, so that nobody's work is lost.</p>
      <ul className="plain-list">
        {left.map((one) => (
          <li key={one.id}>
            <button type="button" className="plain-row" disabled={one.since?.type === DELETED} onClick={() => (onClose(), onOpen(one.id))}>
              <Icon name={one.since?.type === DELETED ? "trash" : "history"} size={12} />
              <span className="ev-title">{one.title}</span>
              <small>{one.since ? `${whyLeft(one, nameOf)}, ${stampText(one.since.time, zone)}` : whyLeft(one, nameOf)}</small>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
