// Who changed what of an event, and when; the latest first.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { plainText, readAst } from "../ast/ast-tree";
import { answersText, type Participant } from "../participants";
import { poolText, showAsText } from "../event-words";
import { outcomeName } from "../outcomes";
import { labelOf, PRIORITIES, STATUSES, TYPES } from "../labels";
import { beforeLabel } from "../reminder-choice";
import { stampText } from "../time/formats";
import type { EventRow, EventStatus, EventType, Json, Priority } from "../types.gen";
import type { Directory } from "../use-directory";
import type { HistoryEntry } from "../wire";

interface Props {
  row: EventRow;
  zone: string;
  api: Api;
  directory: Directory;
}

const KINDS: Record<number, string> = { 0: "created it", 1: "changed it", 2: "deleted it", 3: "restored it", 4: "archived it" };
const QUIET = new Set(["updated_by", "updated_time", "version", "reminder_sent_time"]);
const NAMES: Record<string, string> = {
  ast_json: "notes", start_time: "start", end_time: "end", all_day: "all day", owner_manager_id: "owner", remind_time: "reminder",
  remind_before_sec: "reminder", customer_id: "customer", lead_id: "lead", timezone: "time zone",
  customer_timezone: "customer's zone", pool_after_sec: "offer to the pool", follows_id: "follows event", follow_up_id: "followed by event",
};

export function EventHistory({ row, zone, api, directory }: Props) {
  const [entries, setEntries] = useState<HistoryEntry[] | null>(null);
  const [problem, setProblem] = useState("");
  const [tries, setTries] = useState(0);
  const { id, version } = row;
  useEffect(() => {
    let isStale = false;
    api.history(id).then(
      (found) => !isStale && (setProblem(""), setEntries(found)),
      (failure: Error) => !isStale && setProblem(failure.message),
    );
    return () => {
      isStale = true;
    };
  }, [api, id, version, tries]);
  if (problem) {
    return (
      <p className="hint" role="status">
        {problem} <button type="button" className="text-button" onClick={() => setTries(tries + 1)}>Try again</button>
      </p>
    );
  }
  if (!entries) return <p className="hint">Loading…</p>;
  return (
    <ol className="history-list">
      {[...entries].reverse().map((entry) => (
        <li key={entry.seq}>
          <strong>{entry.actor ? directory.person(entry.actor).name : "The server"}</strong> {isReminder(entry) ? "sent the reminder" : (KINDS[entry.type] ?? "changed it")}
          <small>{stampText(entry.time, zone)}</small>
          {entry.type !== 0 && (
            <ul>
              {Object.entries(entry.changed).filter(([name]) => !QUIET.has(name)).map(([name, [before, after]]) => (
                <li key={name}>
                  {NAMES[name] ?? name.replace(/_/g, " ")}: <s>{shown(name, before, zone, directory)}</s> → {shown(name, after, zone, directory)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function isReminder({ actor, changed }: HistoryEntry): boolean {
  return actor === 0 && "reminder_sent_time" in changed;
}

function shown(name: string, value: Json, zone: string, directory: Directory): string {
  if (name === "show_as") return showAsText(value as number | null).toLowerCase();
  if (value === null || value === "" || value === 0) return zeroOf(name);
  if (name.endsWith("_time")) return stampText(Number(value), zone);
  switch (name) {
    case "status": return labelOf(STATUSES, value as EventStatus);
    case "type": return labelOf(TYPES, value as EventType);
    case "priority": return labelOf(PRIORITIES, value as Priority);
    case "owner_manager_id": return directory.person(Number(value)).name;
    case "ast_json": return plainText(readAst(value)).slice(0, 120) || "empty";
    case "all_day": return "yes";
    case "pool_after_sec": return poolText(Number(value)).toLowerCase();
    case "outcome": return outcomeName(directory.outcomes, String(value));
    case "remind_before_sec": return beforeLabel(Number(value)).toLowerCase();
    case "participants": return `${(value as unknown[]).length} (${answersText(value as unknown as Participant[])})`;
    default: return typeof value === "object" ? JSON.stringify(value).slice(0, 120) : String(value);
  }
}

function zeroOf(name: string): string {
  if (name === "status") return labelOf(STATUSES, 0);
  if (name === "type") return labelOf(TYPES, 0);
  if (name === "priority") return labelOf(PRIORITIES, 0);
  return name === "all_day" ? "no" : "none";
}
