// What an app on tsdav does: discovery, create, expand, update, sync, delete. Prints JSON.
import { createDAVClient } from "tsdav";

const plain = (text) => text.replaceAll("\r", "").trim();
const [serverUrl, username, password] = process.argv.slice(2);
const client = await createDAVClient({
  serverUrl,
  credentials: { username, password },
  authMethod: "Basic",
  defaultAccountType: "caldav",
});
const [calendar] = await client.fetchCalendars();
const iCalString = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "PRODID:-//tsdav//tsdav//EN",
  "BEGIN:VEVENT",
  "UID:tsdav-1",
  "DTSTAMP:20261101T000000Z",
  "DTSTART:20261202T090000Z",
  "DTEND:20261202T100000Z",
  "RRULE:FREQ=DAILY;COUNT=3",
  "SUMMARY:Stand-up",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");
const created = await client.createCalendarObject({ calendar, filename: "tsdav.ics", iCalString });
const timeRange = { start: "2026-12-01T00:00:00Z", end: "2026-12-10T00:00:00Z" };
const expanded = await client.fetchCalendarObjects({ calendar, timeRange, expand: true });
const objects = await client.fetchCalendarObjects({ calendar });
const object = objects.find((one) => one.url.endsWith("tsdav.ics"));
const data = iCalString.replace("Stand-up", "Sit-down");
const updated = await client.updateCalendarObject({ calendarObject: { ...object, data } });
const stale = await client.updateCalendarObject({ calendarObject: { ...object, data } });
const collection = { ...calendar, objects, objectMultiGet: client.calendarMultiGet };
const synced = await client.smartCollectionSync({
  collection,
  method: "webdav",
  detailedResult: true,
});
const [fresh] = await client.fetchCalendarObjects({ calendar, objectUrls: [object.url] });
const deleted = await client.deleteCalendarObject({ calendarObject: fresh });
const { isDirty } = await client.isCollectionDirty({ collection });
console.log(
  JSON.stringify({
    name: calendar.displayName,
    components: calendar.components,
    statuses: [created.status, updated.status, stale.status, deleted.status],
    isWhole: plain(object.data) === plain(iCalString),
    instances: expanded[0].data.match(/BEGIN:VEVENT/g).length,
    changed: synced.objects.updated.length,
    text: fresh.data,
    isDirty,
  }),
);
