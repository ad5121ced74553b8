#!/bin/sh
# react-big-calendar 1.20.0 asks the zone of the machine which days are a work week, not its localizer. With
# momentLocalizer and moment.tz.setDefault, as its documentation describes for a zone of one's own, the days begin at
# midnight of that zone, but the work week leaves out those whose midnight is a Saturday or Sunday on the machine.
#
# Seen: on a machine in Los Angeles the work week of a calendar in Tokyo is Tue to Sat; on one in Tokyo, Mon to Fri.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund react-big-calendar@1.20.0 react@19.2.0 react-dom@19.2.0 \
    moment@2.30.1 moment-timezone@0.5.48 >/dev/null
cat >shown.cjs <<'JAVASCRIPT'
const React = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const moment = require("moment-timezone");
const { Calendar, momentLocalizer } = require("react-big-calendar");

moment.tz.setDefault("Asia/Tokyo");
const calendar = React.createElement(Calendar, {
  localizer: momentLocalizer(moment),
  events: [],
  defaultDate: moment("2027-06-16T12:00").toDate(),
  view: "work_week",
  views: ["work_week"],
  onView: () => {},
  toolbar: false,
  formats: { dayFormat: "ddd" },
});
const days = renderToStaticMarkup(calendar).match(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/g) ?? [];
console.log([...new Set(days)].join(" "));
JAVASCRIPT
far=$(TZ=America/Los_Angeles node shown.cjs)
near=$(TZ=Asia/Tokyo node shown.cjs)
echo "react-big-calendar 1.20.0, work week of a calendar in Asia/Tokyo"
echo "on a machine in Asia/Tokyo: $near"
echo "on a machine in America/Los_Angeles: $far"
if [ "$near" != "Mon Tue Wed Thu Fri" ] || [ "$far" != "Tue Wed Thu Fri Sat" ]; then
    echo "the behaviour has changed: the work week follows the localizer" >&2
    exit 1
fi
