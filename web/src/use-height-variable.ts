// The height of an element for the styles of others, such as what stands above it.

import { useLayoutEffect, useRef } from "react";

/**
 * The ref of an element whose height in pixels is in `name`, a variable of the whole page.
 *
 * `place`: what it is drawn in; null or false: it is not drawn, or nobody asks.
 */
export function useHeightVariable<Kind extends HTMLElement>(name: string, place: unknown) {
  const element = useRef<Kind>(null);
  useLayoutEffect(() => {
    const box = element.current;
    if (!box || !place) return;
    const { style } = document.documentElement;
    const measure = () => style.setProperty(name, `${box.offsetHeight}px`);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => {
      observer.disconnect();
      style.removeProperty(name);
    };
  }, [name, place]);
  return element;
}
