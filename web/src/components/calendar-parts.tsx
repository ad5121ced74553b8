// What react-big-calendar draws by our hand: heads of days, faces of events, the hours of further zones.

import { cloneElement, createContext, use, type ReactElement, type ReactNode } from "react";
import type { DateHeaderProps, EventProps, EventWrapperProps } from "react-big-calendar";
import { toSeconds } from "../calendar-event";
import type { DrawnItem } from "../day-plan";
import { cityOf } from "../time/canonical";
import { dateIn, nowSeconds } from "../time/clock";
import { dateText } from "../time/formats";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";
import { EventBlock, EventLine } from "./event-face";

/** A press on what is called so is no press on the slot below it. */
export const NO_SLOT = "rbc-show-more";

export interface Look {
  zone: string;
  /** Beside the hours, besides the zone that is shown. */
  zones: string[];
  directory: Directory;
  hiddenOn: (at: Date) => number;
  onWholeDay: (day: string) => void;
  onChange: ChangeFilters;
}

/** The library draws the parts below, so that they get no props of ours. */
export const LookContext = createContext<Look | null>(null);

function useLook(): Look {
  const look = use(LookContext);
  if (!look) throw new Error("drawn outside of the calendar");
  return look;
}

function More({ date }: { date: Date }) {
  const { zone, hiddenOn, onWholeDay } = useLook();
  const count = hiddenOn(date);
  if (!count) return null;
  const day = dateIn(toSeconds(date), zone);
  return (
    <button type="button" className={`more ${NO_SLOT}`} onClick={() => onWholeDay(day)}>
      +{count} <span className="more-word">more</span>
      <span className="visually-hidden">more on {dateText(day, "longDay")}</span>
    </button>
  );
}

function DayHead({ date }: { date: Date }) {
  const { zone, onChange } = useLook();
  const day = dateIn(toSeconds(date), zone);
  return (
    <div className="day-head" data-today={day === dateIn(nowSeconds(), zone)}>
      <button type="button" className="day-link" aria-label={dateText(day, "day")} onClick={() => onChange({ view: "day", day })}>
        <span className="day-name">{dateText(day, "shortWeekday")}</span> <span className="day-number">{Number(day.slice(8))}</span>
      </button>
      <More date={date} />
    </div>
  );
}

function MonthDay({ date, isOffRange }: DateHeaderProps) {
  const { zone, onChange } = useLook();
  const day = dateIn(toSeconds(date), zone);
  const number = Number(day.slice(8));
  return (
    <div className="date-head" data-off={isOffRange}>
      <More date={date} />
      <button type="button" className={`date-link ${NO_SLOT}`} aria-label={dateText(day, "day")} onClick={() => onChange({ view: "day", day })}>
        {number === 1 && <span className="only-wide">{dateText(day, "dayMonth")}</span>}
        <span className={number === 1 ? "only-phone" : undefined}>{number}</span>
      </button>
    </div>
  );
}

/** The names of the zones whose hours stand at the left. */
function GutterHead() {
  const { zone, zones } = useLook();
  if (!zones.length) return null;
  return (
    <div className="gutter-zones">
      {[...zones, zone].map((name) => (
        <span key={name} title={name}>{cityOf(name)}</span>
      ))}
    </div>
  );
}

function LineFace({ event }: EventProps<DrawnItem>) {
  const { zone, directory } = useLook();
  return <EventLine item={event} zone={zone} owner={directory.person(event.resource.owner_manager_id).name} />;
}

function TimedFace({ event }: EventProps<DrawnItem>) {
  const { zone, directory } = useLook();
  const owner = directory.person(event.resource.owner_manager_id).name;
  const isAbove = event.allDay || (!event.piece && event.resource.end_time - event.resource.start_time >= 86_400);
  return isAbove ? <EventLine item={event} zone={zone} owner={owner} /> : <EventBlock item={event} zone={zone} owner={owner} />;
}

/** Makes what the library draws of an event a button; its text is its name. */
function ButtonWrapper({ event, children }: EventWrapperProps<DrawnItem> & { children?: unknown }): ReactElement {
  const isDraft = (event as DrawnItem).isDraft;
  const button = (isDraft ? { role: undefined, tabIndex: -1, "aria-hidden": true } : { role: "button", tabIndex: 0, title: undefined }) as never;
  const outer = children as ReactElement<{ children?: ReactElement }>;
  const inner = outer.props.children;
  return typeof outer.type === "string" || !inner ? cloneElement(outer, button) : cloneElement(outer, {}, cloneElement(inner, button));
}

export const PARTS = {
  eventWrapper: ButtonWrapper,
  weekWrapper: ({ children }: { children?: ReactNode }) => <div role="cell">{children}</div>,
  event: LineFace,
  timeGutterHeader: GutterHead,
  week: { header: DayHead, event: TimedFace },
  day: { header: DayHead, event: TimedFace },
  month: {
    header: ({ label }: { label: string }) => <span role="columnheader">{label}</span>,
    dateHeader: MonthDay,
  },
};
