// The actions of this page, and the conflict that waits for a choice.

import { useMemo, useState } from "react";
import { Actions, type Conflict } from "./actions";
import type { Api } from "./api";
import type { EventStore } from "./event-store";
import type { Tell } from "./use-toasts";

export function useActions(api: Api, store: EventStore, tell: Tell): { actions: Actions; conflict: Conflict | null; setConflict: (conflict: Conflict | null) => void } {
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const actions = useMemo(() => new Actions({ api, store, tell, onConflict: setConflict }), [api, store, tell]);
  return { actions, conflict, setConflict };
}
