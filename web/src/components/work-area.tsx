// Around the views of work: what mouse and keyboard do at an event there.

import { Suspense, type ReactNode } from "react";
import type { EventRow } from "../types.gen";
import { useEventPointer, type Pointed } from "./event-pointer";

interface Props {
  rows: EventRow[];
  children: ReactNode;
  onPoint: (pointed: Pointed | null) => void;
  onMenu: (row: EventRow, x: number, y: number) => void;
  onNudge: (row: EventRow, key: string, isResize: boolean) => void;
}

export function WorkArea({ rows, children, ...handlers }: Props) {
  const pointer = useEventPointer(rows, handlers);
  return (
    <div id="calendar" className="calendar work-area" tabIndex={-1} {...pointer}>
      <Suspense>{children}</Suspense>
    </div>
  );
}
