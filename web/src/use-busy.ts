// Asks the server who is busy and when all are free, while a form is filled in.

import { useEffect, useMemo, useState } from "react";
import type { Api } from "./api";
import { busyQuestion, slotSearch, type Wanted } from "./busy";
import { nowSeconds } from "./time/clock";
import type { FreeBusyAnswer, Interval, SlotsAnswer } from "./wire";

const PAUSE_MS = 250;
/** After a failure, such as a connection that is lost. */
const AGAIN_MS = 4000;

interface Asked<Answer> {
  /** To the question before, while the one to this is awaited. */
  answer: Answer | null;
  /** Why there is none. */
  failure: string;
  isCurrent: boolean;
}

/** The answer to a question that changes as somebody types; null asks nothing. */
function useAsked<Question extends object, Answer>(question: Question | null, ask: (question: Question) => Promise<Answer>): Asked<Answer> {
  const key = question ? JSON.stringify(question) : "";
  const [found, setFound] = useState<{ key: string; answer: Answer | null; failure: string }>({ key: "", answer: null, failure: "" });
  useEffect(() => {
    let isStale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (answer: Answer | null, failure: string) => {
      if (isStale) return;
      setFound({ key, answer, failure });
      if (failure) timer = setTimeout(send, AGAIN_MS);
    };
    const send = () => void ask(JSON.parse(key) as Question).then((answer) => keep(answer, ""), (error: Error) => keep(null, error.message));
    if (key) timer = setTimeout(send, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [key, ask]);
  return { answer: found.answer, failure: found.failure, isCurrent: found.key === key };
}

export type Busy = ReadonlyMap<number, Interval[]>;

const NOBODY: Busy = new Map();

/** Who of the managers has something else from `from` to `to` than the event `excluded`; null: not known (yet). */
export function useBusy(api: Api, managers: number[], from: number, to: number, excluded: number | null): Busy | null {
  const question = busyQuestion(managers, from, to, excluded);
  const ask = useMemo(() => api.freeBusy.bind(api), [api]);
  const { answer, isCurrent } = useAsked(question, ask);
  const busy = useMemo(() => answer && others(answer), [answer]);
  if (!question) return NOBODY;
  return isCurrent ? busy : null;
}

function others({ managers }: FreeBusyAnswer): Busy {
  return new Map(managers.filter(({ busy }) => busy.length).map(({ manager_id, busy }) => [manager_id, busy]));
}

export function useSlots(api: Api, wanted: Wanted): Asked<SlotsAnswer> {
  const ask = useMemo(() => api.slots.bind(api), [api]);
  return useAsked(slotSearch(wanted, nowSeconds()), ask);
}
