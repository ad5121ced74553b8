#!/bin/sh
# calcurse 4.7.1 (Debian 12) shows an occurrence that was moved at its old time, too: it does not know RECURRENCE-ID,
# and takes the event of the new time for another one. RFC 5545, 3.8.4.4: it replaces the occurrence. One that was
# renamed is there under both names, and one that was cancelled, by STATUS:CANCELLED, takes place. A series with a TZID
# is moved to the clock of the machine by the offset of its first day, and stays there: a weekly call at 9:00 in New
# York is at 15:00 in Berlin on 15 and 22 March, too, when it is at 14:00. With calcurse-caldav some of the calls that
# it syncs are so shown twice or an hour off, and nothing is said of it. EXDATE, COUNT, and rules with BYDAY are right.
# A series whose weekday is another one on the machine is refused (pull request 294; issue 364, open); of RECURRENCE-ID
# no report was found, in November 2026.
# deskcal's documentation says which calls are so (docs/clients.md).
#
# Guess: 16 March in place of 15 March, none on 22 March, 14:00 on two days. Seen: all days of the rule and 16 March;
# 15:00 on each.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Puts a version of a package of Debian 12, and what it needs and this machine lacks, into the folder.
take() {
    apt-cache show "$1" >/dev/null 2>&1 || apt-get update --quiet=2 >/dev/null 2>&1 || true
    if ! apt-get download --quiet=2 "$1=$2" >/dev/null 2>&1; then
        echo "Debian does not offer $1 $2 any more; this script is about that version" >&2
        exit 2
    fi
    needed=$(apt-cache depends --recurse --important "$1" | grep '^[a-z]' | cut -d : -f 1 | sort -u)
    missing=$(for name in $needed; do [ "$name" = "$1" ] || dpkg -s "$name" >/dev/null 2>&1 || echo "$name"; done)
    if [ -n "$missing" ]; then
        apt-get download --quiet=2 $missing >/dev/null 2>&1
    fi
    for package in ./*.deb; do dpkg -x "$package" .; done
    rm -f ./*.deb
}
take calcurse 4.7.1-1
libraries=$(find "$folder/usr/lib" "$folder/lib" -maxdepth 1 -name '*-linux-gnu' 2>/dev/null | tr '\n' ':')
calcurse() {
    TZ=Europe/Berlin LD_LIBRARY_PATH="$libraries" usr/bin/calcurse -D data -C data "$@"
}
mkdir data
sed 's/$/\r/' >calls.ics <<'ICALENDAR'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART;TZID=Europe/Berlin:20270301T100000
DTEND;TZID=Europe/Berlin:20270301T110000
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5
EXDATE;TZID=Europe/Berlin:20270308T100000
SUMMARY:call
END:VEVENT
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
RECURRENCE-ID;TZID=Europe/Berlin:20270315T100000
DTSTART;TZID=Europe/Berlin:20270316T110000
DTEND;TZID=Europe/Berlin:20270316T120000
SUMMARY:call moved
END:VEVENT
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
RECURRENCE-ID;TZID=Europe/Berlin:20270322T100000
DTSTART;TZID=Europe/Berlin:20270322T100000
DTEND;TZID=Europe/Berlin:20270322T110000
STATUS:CANCELLED
SUMMARY:call cancelled
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20270101T000000Z
DTSTART;TZID=America/New_York:20270301T090000
DTEND;TZID=America/New_York:20270301T100000
RRULE:FREQ=WEEKLY;COUNT=5
SUMMARY:New York
END:VEVENT
END:VCALENDAR
ICALENDAR
calcurse -q -i calls.ics </dev/null >/dev/null 2>&1
usr/bin/calcurse --version 2>/dev/null | head -n 1 || true
calcurse -Q --input-datefmt 1 --from 03/01/2027 -d 31 --output-datefmt "%d March" --format-apt "%S %m\n" \
    --format-recur-apt "%S %m\n" </dev/null | tee seen
cat >wanted <<'TEXT'
01 March:
10:00 call
15:00 New York

08 March:
15:00 New York

15 March:
10:00 call
15:00 New York

16 March:
11:00 call moved

22 March:
10:00 call
10:00 call cancelled
15:00 New York

29 March:
10:00 call
15:00 New York
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
