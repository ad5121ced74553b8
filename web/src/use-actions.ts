// The actions of this page, the conflict that waits for a choice, and what an undo has left.

import { useMemo, useState } from "react";
import { Actions, type Conflict } from "./actions";
import type { Api } from "./api";
import type { EventStore } from "./event-store";
import type { LeftEvent } from "./undoing";
import type { Tell } from "./use-toasts";

export interface Acting {
  actions: Actions;
  conflict: Conflict | null;
  setConflict: (conflict: Conflict | null) => void;
}

/** `nameOf` and `onLeft` keep their identity. */
export function useActions(api: Api, store: EventStore, tell: Tell, nameOf: (manager: number) => string, onLeft: (left: LeftEvent[], heading: string) => void): Acting {
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const actions = useMemo(() => new Actions({ api, store, tell, nameOf, onLeft, onConflict: setConflict }), [api, store, tell, nameOf, onLeft]);
  return { actions, conflict, setConflict };
}
