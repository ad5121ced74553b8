// What can be done to an event, at the pointer: by right click, or by the menu key.

import { useLayoutEffect, useRef } from "react";
import type { EventRow } from "../types.gen";
import type { EventCommand } from "../event-commands";
import { useStable } from "../use-stable";
import { Icon } from "./icon";
import { moveInMenu } from "./menu-keys";
import { PopOver } from "./pop-over";

interface Props {
  row: EventRow;
  x: number;
  y: number;
  commands: EventCommand[];
  onClose: () => void;
}

export function EventMenu({ row, x, y, commands, onClose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const close = useStable(onClose);
  // The focus is back where it was before a dialog that is opened by an item takes it.
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    list.current?.querySelector("button")?.focus();
    const away = (event: PointerEvent) => !list.current?.contains(event.target as Node) && close();
    window.addEventListener("pointerdown", away);
    return () => {
      window.removeEventListener("pointerdown", away);
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, [close]);
  return (
    <PopOver anchor={{ left: x, right: x, top: y, bottom: y }} className="menu-box" label={`Menu of ${row.title}`} onClose={onClose}>
      <div ref={list} role="menu" aria-label={row.title} className="menu" onKeyDown={moveInMenu}>
        {commands.map(({ label, icon, keys, act }) => (
          <button key={label} type="button" role="menuitem" className="menu-item" onClick={() => (onClose(), act())}>
            {icon && <Icon name={icon} size={14} />}
            <span>{label}</span>
            {keys && <kbd>{keys}</kbd>}
          </button>
        ))}
      </div>
    </PopOver>
  );
}
