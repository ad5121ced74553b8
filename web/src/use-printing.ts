// Whether the page is being printed: then everything is drawn, also what is drawn only when one scrolls to it.

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore, type RefObject } from "react";

let isPrinting = false;

const HOURS = ".rbc-time-content";

/** With an element: its grid of hours is not scrolled on paper, and afterwards stands where it did. */
export function usePrinting(box?: RefObject<HTMLElement | null>): boolean {
  const printing = useSyncExternalStore(watchPrinting, () => isPrinting);
  const scrolled = useRef(0);
  useEffect(() => {
    const element = box?.current;
    const keep = ({ target }: Event) => {
      const isScreen = !isPrinting && !window.matchMedia("print").matches;
      if (isScreen && target instanceof Element && target.matches(HOURS)) scrolled.current = target.scrollTop;
    };
    element?.addEventListener("scroll", keep, true);
    return () => element?.removeEventListener("scroll", keep, true);
  }, [box]);
  useLayoutEffect(() => {
    if (!printing) return;
    const hours = box?.current?.querySelector(HOURS);
    if (!hours) return;
    const before = scrolled.current;
    hours.scrollTop = 0;
    return () => {
      hours.scrollTop = before;
    };
  }, [box, printing]);
  return printing;
}

function watchPrinting(listener: () => void): () => void {
  const set = (value: boolean) => () => {
    isPrinting = value;
    listener();
  };
  const [before, after] = [set(true), set(false)];
  const medium = window.matchMedia("print");
  const change = () => set(medium.matches)();
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  medium.addEventListener("change", change);
  return () => {
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
    medium.removeEventListener("change", change);
  };
}
