// In which corner of the calendar reminder cards cover the least.

export type Corner = "bottom right" | "bottom left" | "top right" | "top left";

/** In window coordinates, pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const CORNERS: Corner[] = ["bottom right", "bottom left", "top right", "top left"];
/** As in the styles of `.reminders`. */
const EDGE_PX = 20;
const GUTTER_PX = 76;
const HEAD_PX = 112;

/** The first corner of `around` in which a box of this size covers the smallest area of the `events`. */
export function freestCorner(around: Box, width: number, height: number, events: Box[]): Corner {
  const covered = CORNERS.map((corner) => {
    const left = corner.endsWith("left") ? around.left + GUTTER_PX : around.right - EDGE_PX - width;
    const top = corner.startsWith("top") ? around.top + HEAD_PX : around.bottom - EDGE_PX - height;
    return coveredArea({ left, top, right: left + width, bottom: top + height }, events);
  });
  return CORNERS[covered.indexOf(Math.min(...covered))] ?? "bottom right";
}

function coveredArea(box: Box, events: Box[]): number {
  return events.reduce((sum, one) => {
    const width = Math.min(box.right, one.right) - Math.max(box.left, one.left);
    const height = Math.min(box.bottom, one.bottom) - Math.max(box.top, one.top);
    return sum + Math.max(0, width) * Math.max(0, height);
  }, 0);
}
