#!/bin/sh
# DateTime::Event::ICal 0.13 (Perl, of Debian 12, and the newest on CPAN): with BYMONTH, the last days of the quarters
# written with FREQ=MONTHLY lack June and September, and a weekly rule of one month ends after its first call, or comes
# again years later, when its date is that weekday again. RFC 5545, 3.3.10 (table): with MONTHLY and WEEKLY, BYMONTH
# limits. It meets the months with the rule of the 31st, and the weeks of March with the one date of DTSTART. With
# FREQ=YEARLY the quarters are right. Without an error. No report of it was found, in November 2026.
# deskcal's feed writes BYMONTH with FREQ=YEARLY alone.
#
# Guess: four quarters in both forms; the five Tuesdays of March 2027. Seen: YEARLY 31 March, 30 June, 30 September, 31
# December; MONTHLY 31 March, 31 December; weekly 2 March alone.
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
take libdatetime-event-ical-perl 0.13-2
take libdatetime-format-ical-perl 0.09-3
cat >read.pl <<'PERL'
use strict;
use warnings;
use DateTime::Event::ICal;
use DateTime::Format::ICal;

print "DateTime::Event::ICal $DateTime::Event::ICal::VERSION\n";
for my $case (
    ['20270331T090000Z', 'FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1'],
    ['20270331T090000Z', 'FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1'],
    ['20270302T090000Z', 'FREQ=WEEKLY;BYMONTH=3'],
) {
    my ($start, $rule) = @$case;
    my $set = DateTime::Format::ICal->parse_recurrence(
        recurrence => "$rule;UNTIL=20280101T000000Z",
        dtstart    => DateTime::Format::ICal->parse_datetime($start),
    );
    my ($times, @days) = ($set->iterator);
    while (my $time = $times->next) { push @days, $time->strftime('%m%d') }
    print "$rule: @days\n";
}
PERL
PERL5LIB="$folder/usr/share/perl5:$(echo "$folder"/usr/lib/*/perl5/5.36)" timeout 60 perl read.pl | tee seen
cat >wanted <<'TEXT'
DateTime::Event::ICal 0.13
FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1: 0331 0630 0930 1231
FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1: 0331 1231
FREQ=WEEKLY;BYMONTH=3: 0302
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
