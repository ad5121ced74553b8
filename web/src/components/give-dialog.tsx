// Asks who is to own events.

import { useState } from "react";
import type { Directory } from "../use-directory";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  directory: Directory;
  /** Whose they are, and not to be chosen; 0: of several. */
  owner?: number;
  onGive: (manager: number) => void;
  onClose: () => void;
}

export function GiveDialog({ title, directory, owner = 0, onGive, onClose }: Props) {
  const [manager, setManager] = useState(0);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!manager) return;
    onClose();
    onGive(manager);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="selection-form" onSubmit={submit}>
        <label className="field">
          <span className="label">New owner</span>
          <select className="input" data-first value={manager} onChange={(event) => setManager(Number(event.target.value))}>
            <option value={0}>Choose a manager</option>
            {directory.people.map((person) => person.id !== owner && (
              <option key={person.id} value={person.id}>{person.name}</option>
            ))}
          </select>
        </label>
        <p className="hint">The present owner no longer takes part; other participants stay.</p>
        <button type="submit" className="button primary" disabled={!manager}>Give</button>
      </form>
    </Dialog>
  );
}
