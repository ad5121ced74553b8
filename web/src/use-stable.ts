// A callback that stays the same object and always runs its newest version. Not for calls while rendering.

import { useCallback, useLayoutEffect, useRef } from "react";

export function useStable<Arguments extends unknown[], Result>(callback: (...given: Arguments) => Result): (...given: Arguments) => Result {
  const newest = useRef(callback);
  useLayoutEffect(() => {
    newest.current = callback;
  });
  return useCallback((...given: Arguments) => newest.current(...given), []);
}
