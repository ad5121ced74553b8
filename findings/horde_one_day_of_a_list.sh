#!/bin/sh
# Horde_Date_Recurrence 2.4.1 (PHP, of Debian 12; the calendar, the mail client and ActiveSync of Horde read rules by
# it) keeps one day of a rule where it names several, and none where it does not expect any. RFC 5545, 3.3.10: the
# values of a list add up. The first and third Monday come as the first alone, the 1st and 15th as the day of DTSTART
# alone, and FREQ=DAILY on the five working days, which Outlook and others write, comes at the weekend, too. fromRRule20
# takes each without an error. FREQ=WEEKLY with several weekdays is right. No report of it was found, in November 2026.
# deskcal's feed writes weekdays with FREQ=WEEKLY.
#
# Guess: both Mondays, both days, no weekend. Seen: 1 March, 5 April, 3 May; 1 March, 1 April, 1 May; Friday, Saturday,
# Sunday.
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
take php-horde-date 2.4.1-9
php=$(command -v php || true)
if [ -z "$php" ]; then
    machine=$(uname -m)-linux-gnu
    php="$folder/usr/bin/php8.2"
    export LD_LIBRARY_PATH="$folder/usr/lib/$machine:$folder/lib/$machine"
fi
cat >read.php <<'PHP'
<?php
error_reporting(E_ERROR);
date_default_timezone_set('UTC');
spl_autoload_register(function ($name) use ($argv) {
    $file = "$argv[1]/usr/share/php/" . str_replace('_', '/', $name) . '.php';
    if (file_exists($file)) {
        require $file;
    }
});

function days($start, $rule)
{
    $times = new Horde_Date_Recurrence(new Horde_Date("$start 09:00:00"));
    $times->fromRRule20($rule);
    $found = [];
    $after = new Horde_Date("$start 00:00:00");
    while (count($found) < 3) {
        $next = $times->nextRecurrence($after);
        $found[] = date('D md', $next->timestamp());
        $after = clone $next;
        $after->mday++;
    }
    return "$rule: " . implode(', ', $found) . "\n";
}

echo days('2027-03-01', 'FREQ=MONTHLY;BYDAY=1MO,3MO');
echo days('2027-03-01', 'FREQ=MONTHLY;BYMONTHDAY=1,15');
echo days('2027-03-05', 'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR');
echo days('2027-03-05', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR');
PHP
"$php" read.php "$folder" | tee seen
cat >wanted <<'TEXT'
FREQ=MONTHLY;BYDAY=1MO,3MO: Mon 0301, Mon 0405, Mon 0503
FREQ=MONTHLY;BYMONTHDAY=1,15: Mon 0301, Thu 0401, Sat 0501
FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR: Fri 0305, Sat 0306, Sun 0307
FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR: Fri 0305, Mon 0308, Tue 0309
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
