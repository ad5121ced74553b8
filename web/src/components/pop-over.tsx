// A small box beside something: put where the window has room for it.

import { useLayoutEffect, useRef, useState, type ReactNode } from "react";

/** Window coordinates. */
export interface Anchor {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Props {
  /** Null: not known yet; it takes the focus already, but is not seen. */
  anchor: Anchor | null;
  className: string;
  role?: string;
  label: string;
  children: ReactNode;
  onClose?: () => void;
  onMouseLeave?: () => void;
}

const GAP_PX = 6;
const UNPLACED: Anchor = { left: 0, top: 0, right: 0, bottom: 0 };

export function PopOver({ anchor, className, role, label, children, onClose, onMouseLeave }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const { left, top, right, bottom } = anchor ?? UNPLACED;
  const isKnown = anchor !== null;
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isKnown) setPlace(placeFor({ left, top, right, bottom }, element.offsetWidth, element.offsetHeight));
  }, [isKnown, left, top, right, bottom]);
  return (
    <div
      ref={box}
      className={`pop-over ${className}`}
      role={role}
      aria-label={label}
      style={place ?? { left: 0, top: 0, opacity: 0 }}
      onMouseLeave={onMouseLeave}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !onClose) return;
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

/** Right of it, else left, else below or above, and in the window. */
function placeFor({ left, top, right, bottom }: Anchor, width: number, height: number): { left: number; top: number } {
  const fits = (x: number) => x >= GAP_PX && x + width <= innerWidth - GAP_PX;
  const inHeight = (y: number) => Math.max(GAP_PX, Math.min(y, innerHeight - height - GAP_PX));
  if (fits(right + GAP_PX)) return { left: right + GAP_PX, top: inHeight(top) };
  if (fits(left - width - GAP_PX)) return { left: left - width - GAP_PX, top: inHeight(top) };
  const x = Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX));
  return { left: x, top: bottom + GAP_PX + height <= innerHeight ? bottom + GAP_PX : inHeight(top - height - GAP_PX) };
}
