// Below a calendar on paper: whose pattern is whose, and by which clock the times are.

import { patternOf } from "../people-colours";
import { zoneText } from "../time/canonical";
import { nowSeconds } from "../time/clock";
import { offsetText, stampText } from "../time/formats";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";

interface Props {
  /** What is printed. */
  rows: EventRow[];
  /** Chosen in the filters: their patterns are shown where they take part. */
  managers: number[];
  zone: string;
  /** Unix seconds of the first moment shown: the offset of the zone is that of then. */
  start: number;
  directory: Directory;
}

export function PrintLegend({ rows, managers, zone, start, directory }: Props) {
  const ids = new Set(rows.map((row) => shownManager(row, managers)));
  const people = [...ids].map((id) => directory.person(id)).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="print-legend">
      <ul>
        {people.map((one) => (
          <li key={one.id} className={`pattern-${patternOf(one.id)}`}>
            <span className="print-swatch" /> {one.name}
          </li>
        ))}
      </ul>
      <p>
        Times in {zoneText(zone)} ({offsetText(start, zone)}) · printed {stampText(nowSeconds(), zone)}
      </p>
    </div>
  );
}

/** The owner; of several managers chosen, one that is chosen. */
export function shownManager(row: EventRow, managers: number[]): number {
  const owner = row.owner_manager_id;
  if (!managers.length || managers.includes(owner)) return owner;
  return row.participants.find((one) => managers.includes(one.manager_id))?.manager_id ?? owner;
}
