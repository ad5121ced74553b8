// What a new event starts with: times, type and defaults of the settings and of the type's template.

import { allDayTimes, toSeconds } from "./calendar-event";
import { newFields, type Fields } from "./event-fields";
import type { Filters } from "./filters";
import type { Session } from "./session";
import type { Settings } from "./settings";
import { datesOf, type Slot } from "./slot";
import { dateIn, movedAlong, nowSeconds, startOfDate } from "./time/clock";
import type { EventType } from "./types.gen";
import type { Directory } from "./use-directory";

type Times = Pick<Fields, "start_time" | "end_time" | "all_day">;

const HALF_HOUR_SEC = 1800;

export function fieldsForNew(times: Times, filters: Filters, settings: Settings, session: Session, directory: Directory): Fields {
  const desk = directory.desks.find((one) => one.code === filters.desk) ?? directory.desks.find((one) => one.code === session.desks);
  const template = settings.templates[settings.newType];
  return newFields({
    ...times,
    type: settings.newType,
    title: template?.title ?? "",
    timezone: filters.zone,
    owner_manager_id: session.id,
    desk: desk?.code ?? "",
    brand: filters.brand || desk?.brand || directory.person(session.id).brand || "default",
    remind_before_sec: times.all_day ? 0 : (template?.remindBeforeSec ?? settings.remindBeforeSec),
  });
}

/** Of another type: its template, where the title was not written by hand. */
export function withType(fields: Fields, type: EventType, settings: Settings): Partial<Fields> {
  const before = settings.templates[fields.type];
  const after = settings.templates[type];
  const isTitleOurs = fields.title === "" || fields.title === before?.title;
  const length = after && !fields.all_day ? { end_time: fields.start_time + after.lengthMin * 60 } : {};
  return { type, ...length, ...(isTitleOurs && { title: after?.title ?? "" }) };
}

/** Of a slot that was selected; a click has no length of its own. */
export function slotTimes(slot: Slot, zone: string, settings: Settings): Times {
  if (slot.allDay) {
    const { first, last } = datesOf(slot, zone);
    return { ...allDayTimes(first, last, zone), all_day: 1 };
  }
  const start_time = toSeconds(slot.start);
  const length = (settings.templates[settings.newType]?.lengthMin ?? settings.lengthMin) * 60;
  return { start_time, end_time: Math.max(toSeconds(slot.end), +slot.end === +slot.start ? start_time + length : 0), all_day: 0 };
}

/** The next half hour, also where it is of the next day; on another day than today at that time of day. */
export function nextTimes(day: string, zone: string, settings: Pick<Settings, "lengthMin">, now = nowSeconds()): Times {
  const next = Math.ceil(now / HALF_HOUR_SEC) * HALF_HOUR_SEC;
  const start_time = day === dateIn(now, zone) ? next : movedAlong(next, startOfDate(dateIn(next, zone), zone), startOfDate(day, zone), zone);
  return { start_time, end_time: start_time + settings.lengthMin * 60, all_day: 0 };
}
