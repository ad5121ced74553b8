#!/bin/sh
# KCalendarCore 5.103.0, the calendar library of KDE (Debian 12): an event of each hour has occurrences before its
# start, as many as the range that is asked for has hours before it, whatever its COUNT. Five calls from 9:30 on 28
# March, FREQ=HOURLY;COUNT=5, are 29 in a range that begins a day before, and a month view fills all its days up to the
# start. RFC 5545, 3.8.5.3: DTSTART is the first instance; its examples have such rules ("Every 3 hours from 9:00 AM to
# 5:00 PM on a specific day"). timesInInterval() computes the times of a rule of hours, minutes or seconds that has no
# other parts, and does not look at the start there, only at the end; so does OccurrenceIterator, which apps use, by
# it. recursAt() says of such a time that there is none. With FREQ=DAILY, and with BYMINUTE or BYDAY beside the hours,
# it is right. No report of it was found, in November 2026.
# deskcal takes no rules below a day, in CalDAV and in imports (docs/clients.md).
#
# Guess: five, in each range that has them all. Seen: 5 from 9:30 on, 14 from 0:00, 29 from 9:30 of the day before; 5
# with BYMINUTE=30.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
if ! command -v g++ >/dev/null; then
    echo "this script needs g++" >&2
    exit 2
fi
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
take libkf5calendarcore-dev 5:5.103.0-1
cat >hours.cpp <<'CPP'
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <QTextStream>
#include <QTimeZone>

using namespace KCalendarCore;

const QByteArray BEFORE = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                          "DTSTAMP:20270101T000000Z\r\nDTSTART:20270328T093000Z\r\nSUMMARY:call\r\nRRULE:";

int main()
{
    QTextStream out(stdout);
    const QDateTime start(QDate(2027, 3, 28), QTime(9, 30), Qt::UTC);
    for (auto rule : {"FREQ=HOURLY;COUNT=5", "FREQ=HOURLY;COUNT=5;BYMINUTE=30", "FREQ=DAILY;COUNT=5"}) {
        MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::utc()));
        if (!ICalFormat().fromRawString(calendar, BEFORE + rule + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")) {
            return 1;
        }
        auto recurrence = calendar->events().first()->recurrence();
        out << rule << ":";
        for (auto from : {start, QDateTime(start.date(), QTime(0, 0), Qt::UTC), start.addDays(-1)}) {
            auto times = recurrence->timesInInterval(from, start.addDays(7));
            out << " " << times.size() << " from " << times.first().toString("d hh:mm") << ",";
        }
        out << " recursAt 28 3:30 " << recurrence->recursAt(start.addSecs(-6 * 3600)) << "\n";
    }
}
CPP
multiarch=$(g++ -print-multiarch)
headers=
for root in "$folder/usr/include" /usr/include; do
    for part in KF5/KCalendarCore KF5/KCalendarCore/KCalCore "$multiarch/qt5" "$multiarch/qt5/QtCore" \
        "$multiarch/qt5/QtGui"; do
        headers="$headers -isystem $root/$part"
    done
done
export LD_LIBRARY_PATH="$folder/usr/lib/$multiarch:$folder/lib/$multiarch"
g++ -fPIC $headers hours.cpp -o hours -L "$folder/usr/lib/$multiarch" -Wl,-rpath-link="$LD_LIBRARY_PATH" \
    -l:libKF5CalendarCore.so.5abi2 -l:libQt5Core.so.5
echo "KCalendarCore 5.103.0"
TZ=UTC ./hours 2>/dev/null | tee seen
cat >wanted <<'TEXT'
FREQ=HOURLY;COUNT=5: 5 from 28 09:30, 14 from 28 00:30, 29 from 27 09:30, recursAt 28 3:30 0
FREQ=HOURLY;COUNT=5;BYMINUTE=30: 5 from 28 09:30, 5 from 28 09:30, 5 from 28 09:30, recursAt 28 3:30 0
FREQ=DAILY;COUNT=5: 5 from 28 09:30, 5 from 28 09:30, 5 from 28 09:30, recursAt 28 3:30 0
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
