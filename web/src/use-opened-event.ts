// The event of the address: asked for where it is not known, and said, where it can't be shown.

import { useEffect, useRef } from "react";
import type { Api } from "./api";
import type { EventStore } from "./event-store";
import { failureText, shortTitle } from "./failure-text";
import type { EventRow } from "./types.gen";
import type { ChangeFilters } from "./use-filters";
import { useStable } from "./use-stable";
import type { Tell } from "./use-toasts";
import { ServerError } from "./wire";

interface Parts {
  api: Api;
  store: EventStore;
  me: number;
  /** Whether there is a connection. */
  isOpen: boolean;
  /** Of the event in the address; 0: none. */
  id: number;
  /** The event, where it is known. */
  known: EventRow | undefined;
  onChange: ChangeFilters;
  tell: Tell;
  nameOf: (manager: number) => string;
}

/** Loads the event; where that fails, says why and takes it out of the address. */
export function useOpenedEvent({ api, store, me, isOpen, id, known, onChange, tell, nameOf }: Parts): void {
  const shown = useRef(0);
  useEffect(() => {
    if (known) shown.current = known.id;
  }, [known]);
  const isMissing = id > 0 && !known;
  const leave = useStable(async (failure: unknown, isStale: () => boolean) => {
    // With the connection it is asked for again.
    if (failure instanceof ServerError && failure.code === "DISCONNECTED") return;
    const wasShown = shown.current === id;
    const isGone = failure instanceof ServerError && failure.status === 404;
    const deleted = isGone ? await deletion(api, id) : null;
    if (isStale()) return;
    onChange({ event: 0 });
    if (!isGone) return tell(`The event could not be loaded. ${failureText(failure)}`, { failed: true, action: { label: "Try again", act: () => onChange({ event: id }) } });
    if (!deleted) return tell(wasShown ? "This event was deleted, or you may no longer see it." : `There is no event ${id}: it was deleted, or you may not see it.`, { failed: true });
    // What one has deleted oneself while it was shown is known.
    if (deleted.actor === me && wasShown) return;
    tell(`${deleted.actor === me ? "You" : nameOf(deleted.actor)} deleted ${deleted.title}.`, { failed: true });
  });
  useEffect(() => {
    if (!isMissing || !isOpen) return;
    let isStale = false;
    api.get(id).then(
      (row) => store.dispatch({ type: "answered", row }),
      (failure: unknown) => void leave(failure, () => isStale),
    );
    return () => {
      isStale = true;
    };
  }, [isMissing, isOpen, id, api, store, leave]);
}

const DELETED = 2;

/** Who deleted it, and its title in quotes; null: it is not deleted, or the caller could not see it. */
async function deletion(api: Api, id: number): Promise<{ actor: number; title: string } | null> {
  const last = (await api.history(id).catch(() => [])).at(-1);
  if (last?.type !== DELETED) return null;
  const title = last.changed.title?.find(Boolean);
  return { actor: last.actor, title: title ? `“${shortTitle({ title: String(title) })}”` : `event ${id}` };
}
