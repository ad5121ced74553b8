// The import of an iCalendar file, part by part: first what it would do, then the import itself.

import { useEffect, useRef, useState } from "react";
import type { Api } from "./api";
import { failureText } from "./failure-text";
import { icsParts, inFile, MESSAGE_BYTES, type IcsPart } from "./ics-file";
import type { Tell } from "./use-toasts";
import type { ImportAnswer, SkippedEvent } from "./wire";

/** Where the events go. */
export interface ImportPlace {
  owner_manager_id: number;
  brand: string;
  /** Empty: none. */
  desk: string;
}

export interface ImportReport extends ImportAnswer {
  /** Whether nothing was written. */
  isPreview: boolean;
}

export interface IcsImport {
  /** null: nothing was looked at yet. */
  report: ImportReport | null;
  /** Parts that are done, of all; null: nothing is under way. */
  progress: { done: number; all: number } | null;
  /** What did not work; empty: nothing. */
  problem: string;
  run: (file: File, place: ImportPlace, isPreview: boolean) => Promise<void>;
  /** Another file or place was chosen. */
  forget: () => void;
}

const NOTHING: ImportAnswer = { created: 0, updated: 0, unchanged: 0, skipped: [], skipped_count: 0 };

/** An import goes on when its dialog is closed; `tell` then says what it did. A preview ends. */
export function useIcsImport(api: Api, tell: Tell): IcsImport {
  const [report, setReport] = useState<ImportReport | null>(null);
  const [progress, setProgress] = useState<IcsImport["progress"]>(null);
  const [problem, setProblem] = useState("");
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const run = async (file: File, place: ImportPlace, isPreview: boolean) => {
    setProblem("");
    setReport(null);
    setProgress({ done: 0, all: 1 });
    let sum = NOTHING;
    try {
      const parts = icsParts(await file.text());
      if (!parts) throw new NotACalendar();
      for (const [done, part] of parts.entries()) {
        if (isGone.current && isPreview) return;
        setProgress({ done, all: parts.length });
        sum = added(sum, await imported(api, part, place, isPreview));
      }
      setReport({ ...sum, isPreview });
      if (isGone.current && !isPreview) tell(doneText(file.name, sum));
    } catch (failure) {
      const isPartly = !isPreview && sum.created + sum.updated > 0;
      if (isPartly) setReport({ ...sum, isPreview });
      const text = problemText(failure, file.name) + (isPartly ? " What was imported before is here; import the file again for the rest." : "");
      setProblem(text);
      if (isGone.current && !isPreview) tell(`${file.name}: ${text}`, { failed: true });
    } finally {
      setProgress(null);
    }
  };
  const forget = () => {
    setReport(null);
    setProblem("");
  };
  return { report, progress, problem, run, forget };
}

function doneText(name: string, { created, updated, unchanged, skipped_count }: ImportAnswer): string {
  const leftOut = skipped_count ? `, ${skipped_count} left out or changed: its preview says why` : "";
  return `Imported ${name}: ${created} created, ${updated} updated, ${unchanged} unchanged${leftOut}`;
}

class NotACalendar extends Error {}

function problemText(failure: unknown, name: string): string {
  if (failure instanceof NotACalendar) return `${name} has no BEGIN:VCALENDAR: it is not an iCalendar file (.ics).`;
  if (failure instanceof DOMException) return `${name} can't be read: it was changed or moved since, choose it again.`;
  return failureText(failure);
}

/** A UID that alone is longer than a message is not sent: the server would close the connection. */
async function imported(api: Api, part: IcsPart, place: ImportPlace, isPreview: boolean): Promise<ImportAnswer> {
  if (part.bytes <= MESSAGE_BYTES) {
    const answer = await api.importIcs({ ics: part.text, ...place, dry_run: isPreview ? 1 : 0 });
    return { ...answer, skipped: answer.skipped.map((one): SkippedEvent => ({ ...one, why: inFile(one.why, part) })) };
  }
  const why = `line ${part.first}: the event with its exceptions has ${part.bytes} bytes; at most ${MESSAGE_BYTES} are taken: shorten it, or make it two series`;
  return { ...NOTHING, skipped: [{ uid: "", why }], skipped_count: 1 };
}

function added(sum: ImportAnswer, { created, updated, unchanged, skipped, skipped_count }: ImportAnswer): ImportAnswer {
  return { created: sum.created + created, updated: sum.updated + updated, unchanged: sum.unchanged + unchanged, skipped: [...sum.skipped, ...skipped], skipped_count: sum.skipped_count + skipped_count };
}
