#!/bin/sh
# DAViCal 1.1.12 (PHP, of Debian 12; its class RepeatRule is used for queries, expansion and free/busy) loses a month of
# a rule for the last day, or the last working day, of each month that begins on a 31st: it goes from 31 March on by "+1
# month", which PHP makes 1 May, and takes the last day of May. April is left out, once; from then on it goes from the
# first to the first. With INTERVAL=2 October comes next to July, and so on for good. RFC 5545, 3.3.10: BYMONTHDAY and
# BYDAY expand within each month. On the server the call of 30 April is neither found by a query nor busy, while the app
# that put it shows it. No report of it was found, in November 2026.
# deskcal's own series have each of the months.
#
# Guess: the last days of March, April, May, June. Seen: 31 March, 31 May, 30 June, 31 July; every second month 31
# March, 31 May, 31 July, 31 October (31 July and two months are 1 October).
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
take davical 1.1.12-2
take libawl-php 0.64-1
php=$(command -v php || true)
if [ -z "$php" ]; then
    machine=$(uname -m)-linux-gnu
    php="$folder/usr/bin/php8.2"
    export LD_LIBRARY_PATH="$folder/usr/lib/$machine:$folder/lib/$machine"
fi
cat >read.php <<'PHP'
<?php
error_reporting(E_ERROR);
set_include_path("$argv[1]/usr/share/awl/inc:$argv[1]/usr/share/davical/inc");
date_default_timezone_set('UTC');
$c = (object) ['rrule_loop_limit' => 100];
function dbg_error_log()
{
}
require 'vCalendar.php';
require 'RRule.php';

function days($start, $rule)
{
    $times = new RepeatRule($start, $rule);
    $found = [];
    while (count($found) < 4) {
        $found[] = $times->next()->format('md');
    }
    return "$rule: " . implode(' ', $found) . "\n";
}

echo days('20270331T090000Z', 'FREQ=MONTHLY;BYMONTHDAY=-1');
echo days('20270331T090000Z', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1');
echo days('20270331T090000Z', 'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1');
PHP
"$php" read.php "$folder" | tee seen
cat >wanted <<'TEXT'
FREQ=MONTHLY;BYMONTHDAY=-1: 0331 0531 0630 0731
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1: 0331 0531 0630 0730
FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1: 0331 0531 0731 1031
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
