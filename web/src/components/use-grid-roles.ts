// What screen readers and the keyboard need of a grid of hours and its library does not write.

import { useEffect, type RefObject } from "react";

/**
 * Names the hours in `box` as a region that takes the focus, so that the arrow keys scroll it also where no event is.
 * Again whenever one of `drawn` changes, by which the library may have made other elements.
 *
 * Source: WCAG 2.1, success criterion 2.1.1; axe, rule scrollable-region-focusable.
 */
export function useGridRoles(box: RefObject<HTMLElement | null>, drawn: string): void {
  useEffect(() => {
    // Row groups that have no table around them are taken for a fault.
    box.current?.querySelectorAll(".rbc-allday-cell").forEach((cell) => cell.setAttribute("role", "table"));
    const hours = box.current?.querySelector<HTMLElement>(".rbc-time-content");
    if (!hours) return;
    hours.tabIndex = 0;
    hours.setAttribute("role", "region");
    hours.setAttribute("aria-label", "Hours");
  }, [box, drawn]);
}
