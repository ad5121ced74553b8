// A call at work: whether it is mine, what came of it, when again, done. One key for each outcome. Of a call that
// is ended without it, the note that was typed.

import { useRef } from "react";
import { momentText } from "../call-actions";
import { AGAIN, AGAIN_TEXT, againTime, atOwnTime, outcomesFor, ownTime, withAgain, withOutcome, type Finish } from "../outcomes";
import type { Session } from "../session";
import { nowSeconds } from "../time/clock";
import { EventStatus, type EventRow } from "../types.gen";
import type { CallDesk } from "../use-call-desk";
import { needsOutcome, type Directory } from "../use-directory";
import { useMinute } from "../use-minute";
import { useShortcuts } from "../use-shortcuts";
import { holderOf } from "../work-list";
import { Avatar } from "./avatar";
import { CustomerClock } from "./customer-clock";
import { DateInput, TimeInput } from "./date-input";
import { Icon } from "./icon";

interface Props {
  row: EventRow;
  zone: string;
  session: Session;
  directory: Directory;
  calls: CallDesk;
}

export function OutcomeBox({ row, zone, session, directory, calls }: Props) {
  const now = useMinute();
  const done = useRef<HTMLButtonElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const finish = calls.finishOf(row);
  const outcomes = outcomesFor(directory.outcomes, row.type);
  const holder = holderOf(row, nowSeconds());
  const isOver = row.status !== EventStatus.OPEN;
  const isTaken = isOver || (holder !== 0 && holder !== session.id);
  const isMissing = needsOutcome(row, directory) && !finish.outcome.trim();
  const change = (next: Finish) => calls.change(row, next);
  const set = (changes: Partial<Finish>) => change({ ...finish, ...changes });
  const choose = (index: number) => {
    const outcome = outcomes[index];
    if (!outcome || isTaken) return;
    change(withOutcome(finish, outcome));
    done.current?.focus();
  };
  const step = (by: number) => change(withAgain(finish, { again: AGAIN[(AGAIN.indexOf(finish.again) + by + AGAIN.length) % AGAIN.length] ?? "none" }));
  useShortcuts({
    ...Object.fromEntries(outcomes.slice(0, 9).map((_, index) => [String(index + 1), () => choose(index)])),
    i: () => note.current?.focus(),
    "+": () => step(1),
    "-": () => step(-1),
  });
  return (
    <section className="outcome-box" aria-label="Call">
      <div className="outcome-state">
        {!isOver && <CustomerClock row={row} now={now} zone={zone} directory={directory} />}
        <span className="spring" />
        <span className="claim-state" role="status">
          {isOver ? "Ended" : <ClaimState row={row} holder={holder} me={session.id} zone={zone} directory={directory} calls={calls} />}
        </span>
      </div>
      {!isTaken && (
        <>
          {/* Without outcomes in the directory any code will do. */}
          {!directory.outcomes.length && needsOutcome(row, directory) && (
            <input className="input" aria-label="Outcome" placeholder="Outcome" required maxLength={64} value={finish.outcome} onChange={(event) => set({ outcome: event.target.value })} />
          )}
          <div className="outcomes" role="group" aria-label="Outcome">
            {outcomes.map((one, index) => (
              <button key={one.code} type="button" className="chip" aria-pressed={finish.outcome === one.code} onClick={() => choose(index)}>
                {index < 9 && <kbd>{index + 1}</kbd>}
                {one.name}
              </button>
            ))}
          </div>
        </>
      )}
      {/* Taken while one types, it keeps text and focus: the next letters would be commands of the page. */}
      {(!isTaken || finish.note) && (
        <textarea
          ref={note}
          className="input"
          aria-label="Note"
          placeholder="Note (I)"
          rows={2}
          maxLength={2000}
          readOnly={isTaken}
          value={finish.note}
          onChange={(event) => set({ note: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || isMissing || isTaken) return;
            event.preventDefault();
            void calls.finish(row);
          }}
        />
      )}
      {isTaken && finish.note && (
        <p className="hint">
          Your note is not saved. It waits here for when the call is {isOver ? "open" : "free"} again.{" "}
          {isOver && <button type="button" className="text-button" onClick={() => set({ note: "" })}>Forget it</button>}
        </p>
      )}
      {!isTaken && (
        <>
          <AgainField finish={finish} zone={zone} now={now} onChange={change} />
          <button ref={done} type="button" className="button primary wide" disabled={isMissing} onClick={() => void calls.finish(row)}>
            <Icon name="check" />
            Done
          </button>
        </>
      )}
    </section>
  );
}

interface ClaimProps {
  row: EventRow;
  holder: number;
  me: number;
  zone: string;
  directory: Directory;
  calls: CallDesk;
}

function ClaimState({ row, holder, me, zone, directory, calls }: ClaimProps) {
  if (!holder) {
    return <button type="button" className="button small" onClick={() => calls.claim(row)}>Claim</button>;
  }
  const until = momentText(row.claim_until ?? 0, zone);
  if (holder === me) {
    return (
      <>
        <span className="claim-mine">Yours until {until}</span>
        <button type="button" className="text-button" onClick={() => calls.release(row)}>Give back</button>
      </>
    );
  }
  const person = directory.person(holder);
  return (
    <span className="claim-theirs">
      <Avatar person={person} size={20} />
      {person.name} works on it until {until}
    </span>
  );
}

function AgainField({ finish, zone, now, onChange }: { finish: Finish; zone: string; now: number; onChange: (finish: Finish) => void }) {
  const at = againTime(finish, zone, now);
  const own = ownTime(finish.at, zone);
  return (
    <div className="again">
      <div className="chips" role="group" aria-label="Again in">
        <span className="label">Again</span>
        {AGAIN.map((again) => (
          <button key={again} type="button" className="chip" aria-pressed={finish.again === again} onClick={() => onChange(withAgain(finish, { again }))}>
            {AGAIN_TEXT[again]}
          </button>
        ))}
      </div>
      {finish.again === "own" && (
        <div className="moment">
          <DateInput label="Again on" value={own.date} onChange={(date) => onChange(withAgain(finish, { at: atOwnTime(finish.at, date, own.time, zone) }))} />
          <TimeInput label="Again at" value={own.time} onChange={(time) => onChange(withAgain(finish, { at: atOwnTime(finish.at, own.date, time, zone) }))} />
        </div>
      )}
      {at > 0 && (
        <label className="switch">
          <input type="checkbox" role="switch" checked={finish.inHours} onChange={() => onChange({ ...finish, inHours: !finish.inHours })} />
          <span>
            {momentText(at, zone)} <span className="faint">{finish.inHours ? "or the next time at which one may call" : "whatever the hour"}</span>
          </span>
        </label>
      )}
    </div>
  );
}
