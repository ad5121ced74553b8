#!/bin/sh
# DateTime::Format::ICal 0.09 (Perl, of Debian 12, and the newest on CPAN) with DateTime::Event::ICal 0.13 loses the
# last call of a series in a zone east of Greenwich. UNTIL is in UTC there (RFC 5545, 3.3.10: MUST), and the last call
# is at it; parse_recurrence takes the clock of UTC for that of the zone, and 07:00Z is before 9:00 in Berlin. West of
# Greenwich a daily call ends on its day: 00:00Z is after 20:00 in New York, and before that hour of the next day. The
# same with iCal::Parser 1.21, which reads with it. No report of it was found, in November 2026. DTSTART and UNTIL on
# one clock are right.
# deskcal writes UNTIL in UTC, as it must be; its series can be ended by COUNT.
#
# Guess: four each. Seen: four in UTC and New York, three in Berlin.
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
take libdatetime-format-ical-perl 0.09-3
cat >read.pl <<'PERL'
use strict;
use warnings;
use DateTime::Format::ICal;

print "DateTime::Format::ICal $DateTime::Format::ICal::VERSION\n";
for my $case (
    ['20270326T090000Z',                      '20270329T090000Z'],
    ['TZID=America/New_York:20270426T200000', '20270430T000000Z'],
    ['TZID=Europe/Berlin:20270426T090000',    '20270429T070000Z'],
) {
    my ($start, $until) = @$case;
    my $set = DateTime::Format::ICal->parse_recurrence(
        recurrence => "FREQ=DAILY;UNTIL=$until",
        dtstart    => DateTime::Format::ICal->parse_datetime($start),
    );
    my @days = map { $_->strftime('%d') } $set->as_list;
    print "$start until $until: @days\n";
}
PERL
PERL5LIB="$folder/usr/share/perl5:$(echo "$folder"/usr/lib/*/perl5/5.36)" timeout 60 perl read.pl | tee seen
cat >wanted <<'TEXT'
DateTime::Format::ICal 0.09
20270326T090000Z until 20270329T090000Z: 26 27 28 29
TZID=America/New_York:20270426T200000 until 20270430T000000Z: 26 27 28 29
TZID=Europe/Berlin:20270426T090000 until 20270429T070000Z: 26 27 28
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
