// A grid of hours that opens on today shows the time that it is.

import { useLayoutEffect, type RefObject } from "react";
import { firstMinuteShown } from "../first-minute";
import { dateIn, minutesIn, nowSeconds } from "../time/clock";
import type { Range } from "../visible-range";

const DAY_MIN = 1440;

/**
 * Scrolls the hours in `box` to the current time where it is out of view: as they open, on another page of them, and
 * as they get another height, such as by a reminder below them; not once somebody has scrolled.
 */
export function useNowShown(box: RefObject<HTMLDivElement | null>, view: string, { first, last }: Range, zone: string) {
  useLayoutEffect(() => {
    const hours = box.current?.querySelector(".rbc-time-content");
    const today = dateIn(nowSeconds(), zone);
    if (!hours || today < first || today > last) return;
    let placed = hours.scrollTop;
    const place = () => {
      if (Math.abs(hours.scrollTop - placed) > 1) return;
      const pxPerMin = hours.scrollHeight / DAY_MIN;
      const now = minutesIn(nowSeconds(), zone);
      hours.scrollTop = firstMinuteShown(hours.scrollTop / pxPerMin, hours.clientHeight / pxPerMin, now) * pxPerMin;
      placed = hours.scrollTop;
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(hours);
    return () => observer.disconnect();
  }, [box, view, first, last, zone]);
}
