// Parts of the page that are loaded when they are first drawn, or before, while nothing else is to be done.

import { createElement, Fragment, lazy, Suspense, useState, type ComponentType, type ReactNode } from "react";
import { idle } from "./idle";
import { TypedBefore } from "./waiting";

export interface LazyPart<P> {
  (props: P): ReactNode;
  preload: () => Promise<void>;
}

/** What is already loaded is drawn at once; what is not, with `fallback` in its place and what was typed there. */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>, fallback?: (props: P) => ReactNode): LazyPart<P> {
  let loaded: ComponentType<P> | null = null;
  const get = async () => (loaded ??= await load());
  const Later = lazy(async () => ({ default: withTyped((await get().catch(loadAgain)) as ComponentType<object>) }));
  function Part(props: P) {
    // As it was when it was first drawn: another element would begin with a new state.
    const [ready] = useState(() => loaded);
    return ready ? createElement(ready, props) : createElement(Suspense, { fallback: fallback?.(props) }, createElement(Later, props));
  }
  return Object.assign(Part, { preload: () => get().then(() => undefined, () => undefined) });
}

function withTyped(Loaded: ComponentType<object>): ComponentType<object> {
  return (props) => createElement(Fragment, null, createElement(Loaded, props), createElement(TypedBefore));
}

const KEY = "deskcal.loaded-again";
const PAUSE_MS = 60_000;

/**
 * A part is gone after an upgrade of the server: the page is loaded again, with what was typed, once a minute at most.
 *
 * Where the server does not answer, that would lose the page: then the part alone is missing.
 */
async function loadAgain(): Promise<ComponentType> {
  const isRecent = Date.now() - Number(sessionStorage.getItem(KEY)) < PAUSE_MS;
  const isThere = !isRecent && (await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).then((answer) => answer.ok, () => false));
  if (!isThere) return Missing;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
  return Missing;
}

function Missing() {
  return <p className="note missing-part" role="alert">This part of the page could not be loaded. Load the page again.</p>;
}

/** Loads them one after the other, each when the browser has nothing else to do. */
export async function preloadWhenIdle(parts: { preload: () => Promise<void> }[]): Promise<void> {
  for (const part of parts) {
    await idle();
    await part.preload();
  }
}
