#!/bin/sh
# vdirsyncer 0.21.0 asks whether an item has changed by a digest of its lines in sorted order, all components
# together. What leaves the lines the same and moves them between components is no change for it, whatever the ETag
# or the time of the file says: two occurrences that change their titles, two alarms their times. Nothing is written
# to the other side and nothing is reported; the two sides differ for good.
# That properties in another order are no change is meant (issue 521); that whole values move is not mentioned.
#
# Seen: "Call Anna" and "Call Boris" change places on side A; side B keeps the old ones, also at the next sync.
# Another hour in the same file is copied.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vdirsyncer==0.21.0 2>/dev/null
mkdir a b
cat >config <<CONFIG
[general]
status_path = "$folder/status/"
[pair both]
a = "a"
b = "b"
collections = null
[storage a]
type = "filesystem"
path = "$folder/a"
fileext = ".ics"
[storage b]
type = "filesystem"
path = "$folder/b"
fileext = ".ics"
CONFIG
override() { # day, hour, title
    printf 'BEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20270101T000000Z\r\nRECURRENCE-ID:202703%sT090000Z\r\n' "$1"
    printf 'DTSTART:202703%sT%s0000Z\r\nSUMMARY:%s\r\nEND:VEVENT\r\n' "$1" "$2" "$3"
}
series() { # hour, title of 2 March, title of 3 March
    printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\nBEGIN:VEVENT\r\nUID:one\r\n'
    printf 'DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T090000Z\r\nRRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY:Call\r\n'
    printf 'END:VEVENT\r\n'
    override 02 "$1" "$2"
    override 03 "$1" "$3"
    printf 'END:VCALENDAR\r\n'
}
synced() { # the number of the sync, in the time of the file
    touch -d "2027-01-01 00:00:0$1" a/one.ics
    venv/bin/vdirsyncer -c config sync >log 2>&1
    if cmp -s a/one.ics b/one.ics; then echo "copied"; else echo "left"; fi
}
venv/bin/vdirsyncer -c config discover >log 2>&1
series 14 "Call Anna" "Call Boris" >a/one.ics
first=$(synced 1)
series 14 "Call Boris" "Call Anna" >a/one.ics
swapped=$(synced 2)
again=$(synced 3)
series 15 "Call Boris" "Call Anna" >a/one.ics
moved=$(synced 4)
echo "vdirsyncer 0.21.0: a new item is $first"
echo "two overrides that change titles: $swapped, at the next sync: $again"
echo "both an hour later as well: $moved"
[ "$first $swapped $again $moved" = "copied left left copied" ]
