// Where the focus was last: an element that goes leaves it on nothing, and no event says which one had it.

import { useEffect } from "react";
import { useStable } from "./use-stable";

/** Calls `keep` with each element that gets the focus, or is pressed on. */
export function useFocusMoves(keep: (element: HTMLElement) => void): void {
  const stable = useStable(keep);
  useEffect(() => {
    const onMove = ({ target }: Event) => stable(target as HTMLElement);
    document.addEventListener("focusin", onMove);
    document.addEventListener("pointerdown", onMove);
    return () => {
      document.removeEventListener("focusin", onMove);
      document.removeEventListener("pointerdown", onMove);
    };
  }, [stable]);
}
