// Who is signed in, and what belongs to that: settings, keys, print, export, sign out.

import { useRef, useState } from "react";
import type { Person } from "../use-directory";
import { Avatar } from "./avatar";
import { Icon, type IconName } from "./icon";
import { moveInMenu } from "./menu-keys";
import { PopOver, type Anchor } from "./pop-over";

export interface AccountItem {
  label: string;
  icon: IconName;
  act: () => void;
}

export function AccountMenu({ person, items }: { person: Person; items: AccountItem[] }) {
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => setAnchor(null);
  /** The focus was in the menu: a dialog that is opened next gives it back to where it goes now. */
  const leave = () => {
    close();
    opener.current?.focus();
  };
  return (
    <div className="account" onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || close()}>
      <button
        ref={opener}
        type="button"
        className="me"
        title={person.name}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => {
          const { bottom, right } = currentTarget.getBoundingClientRect();
          setAnchor(anchor ? null : { left: right, right: innerWidth, top: bottom, bottom });
        }}
      >
        <Avatar person={person} size={28} />
        <span className="visually-hidden">{person.name}: settings and more</span>
      </button>
      {anchor && (
        <PopOver anchor={anchor} className="menu-box" label={person.name} onClose={leave}>
          <div className="menu" role="menu" aria-label={person.name} onKeyDown={moveInMenu}>
            <p className="menu-name">{person.name}</p>
            {items.map(({ label, icon, act }, index) => (
              <button key={label} type="button" role="menuitem" className="menu-item" autoFocus={index === 0} onClick={() => (leave(), act())}>
                <Icon name={icon} size={14} />
                <span>{label}</span>
              </button>
            ))}
          </div>
        </PopOver>
      )}
    </div>
  );
}
