// What can be done to an event, at the pointer: by right click, or by the menu key.

import { useEffect, useRef } from "react";
import type { EventRow } from "../types.gen";
import type { EventCommand } from "../event-commands";
import { Icon } from "./icon";
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
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    list.current?.querySelector("button")?.focus();
    const away = (event: PointerEvent) => !list.current?.contains(event.target as Node) && onClose();
    window.addEventListener("pointerdown", away);
    return () => {
      window.removeEventListener("pointerdown", away);
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, [onClose]);
  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <PopOver anchor={{ left: x, right: x, top: y, bottom: y }} className="menu-box" label={`Menu of ${row.title}`} onClose={onClose}>
      <div ref={list} role="menu" aria-label={row.title} className="menu" onKeyDown={onKey}>
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
