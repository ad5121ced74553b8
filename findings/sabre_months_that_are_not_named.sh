#!/bin/sh
# sabre/vobject 2.1.7 (PHP, of Debian 12; Nextcloud, ownCloud and Baikal are built on it) passes over BYMONTH in a rule
# with FREQ=MONTHLY or WEEKLY, and with DAILY where there is no BYDAY. RFC 5545, 3.3.10: there BYMONTH limits. A call on
# the first of March and September, written FREQ=MONTHLY;BYMONTH=3,9;BYMONTHDAY=1, comes every month; a weekly one of
# the summer all the year; without an error, and free/busy and the expansion of a server have them. With FREQ=YEARLY it
# is right. The source of 4.6.0, of May 2026, does the same. Pull request 67 (2013) taught it to DAILY with BYDAY alone;
# of MONTHLY and WEEKLY no report was found, in November 2026. Write FREQ=YEARLY, or an INTERVAL of months.
# deskcal's feed does.
#
# Guess: the months that are named. Seen: with YEARLY March, September, March; with MONTHLY March, April, May; a weekly
# call of March goes on in April.
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
take php-sabre-vobject 2.1.7-6.1
php=$(command -v php || true)
if [ -z "$php" ]; then
    take php8.2-cli "$(apt-cache policy php8.2-cli | sed -n 's/.*Candidate: //p')"
    php="$folder/usr/bin/php8.2"
    machine=$(uname -m)-linux-gnu
    export LD_LIBRARY_PATH="$folder/usr/lib/$machine:$folder/lib/$machine"
fi
cat >read.php <<'PHP'
<?php
error_reporting(E_ERROR);
set_include_path($argv[1] . '/usr/share/php');
require 'Sabre/VObject/autoload.php';

function days($start, $rule)
{
    $lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//test//EN', 'BEGIN:VEVENT', 'UID:1',
        'DTSTAMP:20270101T000000Z', "DTSTART:$start", "RRULE:$rule", 'SUMMARY:call', 'END:VEVENT', 'END:VCALENDAR', ''];
    $calendar = Sabre\VObject\Reader::read(implode("\r\n", $lines));
    $times = new Sabre\VObject\RecurrenceIterator($calendar, '1');
    $found = [];
    for (; $times->valid() && count($found) < 4; $times->next()) {
        $found[] = $times->getDTSTART()->format('ymd');
    }
    return implode(' ', $found);
}

echo 'YEARLY  ', days('20270301T090000Z', 'FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1'), "\n";
echo 'MONTHLY ', days('20270301T090000Z', 'FREQ=MONTHLY;BYMONTH=3,9;BYMONTHDAY=1'), "\n";
echo 'WEEKLY  ', days('20270323T090000Z', 'FREQ=WEEKLY;BYMONTH=3'), "\n";
PHP
echo "sabre/vobject $(sed -n "s/.*VERSION = '\(.*\)'.*/\1/p" usr/share/php/Sabre/VObject/Version.php)"
"$php" read.php "$folder" | tee seen
printf '%s\n' 'YEARLY  270301 270901 280301 280901' 'MONTHLY 270301 270401 270501 270601' \
    'WEEKLY  270323 270330 270406 270413' |
    cmp -s - seen || { echo "the behaviour has changed"; exit 1; }
