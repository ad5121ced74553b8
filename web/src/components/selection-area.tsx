// Around the views: a click with Ctrl or Shift selects the event instead of opening it, in select mode every click.

import type { ReactNode } from "react";
import { eventIdAt, PickedContext, type Selection } from "../use-selection";

export function SelectionArea({ selection, children }: { selection: Selection; children: ReactNode }) {
  const pickedId = (event: React.MouseEvent): number => (event.ctrlKey || event.metaKey || event.shiftKey || selection.isMode ? eventIdAt(event.target) : 0);
  return (
    <PickedContext value={selection.ids}>
      <div
        className="selection-area"
        onMouseDownCapture={(event) => event.shiftKey && pickedId(event) && event.preventDefault()}
        onClickCapture={(event) => {
          const id = pickedId(event);
          if (!id) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.shiftKey) selection.extend(id);
          else selection.toggle(id);
        }}
      >
        {children}
      </div>
    </PickedContext>
  );
}
