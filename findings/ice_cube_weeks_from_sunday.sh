#!/bin/sh
# ice_cube 0.16.4 (Ruby, of Debian 12): Schedule.from_ical and Rule.from_ical take Sunday for the first day of the week
# where the rule has no WKST. RFC 5545, 3.3.10: "The default value is MO". Of every second week on Wednesday and Sunday
# the Sundays are a week off: four days after the Wednesday become eleven, with no error. Google, Apple and most servers
# leave WKST out where it is Monday. With WKST=MO written it is right. ice_cube's own rules begin on Sunday, too, which
# its README says; that a rule of another program is read so, it does not. Issue 74 (closed) quotes the default of the
# RFC when WKST came; of from_ical without it no report was found, in November 2026; the source of that day is the same.
# deskcal's feed writes WKST, also where it is MO.
#
# Guess: 3, 7, 17 and 21 March both times. Seen: without WKST 3, 14, 17 and 28 March.
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
take ruby-ice-cube 0.16.4-3
ruby=$(command -v ruby3.1 || true)
if [ -z "$ruby" ]; then
    machine=$(uname -m)-linux-gnu
    take ruby3.1 "$(apt-cache policy ruby3.1 | sed -n 's/.*Candidate: //p')"
    ruby="$folder/usr/bin/ruby3.1"
    export LD_LIBRARY_PATH="$folder/usr/lib/$machine:$folder/lib/$machine"
    export RUBYLIB="$folder/usr/lib/ruby/3.1.0:$folder/usr/lib/$machine/ruby/3.1.0:$folder/usr/lib/ruby/vendor_ruby"
fi
cat >read.rb <<'RUBY'
require "ice_cube"

puts "ice_cube #{IceCube::VERSION}"
["", ";WKST=MO"].each do |first|
  text = "DTSTART:20270303T090000Z\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU#{first}\n"
  days = IceCube::Schedule.from_ical(text).first(4).map { |time| time.strftime("%a %d") }
  puts "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU#{first}: #{days.join(", ")}"
end
RUBY
library=$(find "$folder/usr/share/rubygems-integration" -type d -path '*ice_cube-*/lib' | head -n 1)
TZ=UTC timeout 60 "$ruby" -I "$library" read.rb | tee seen
cat >wanted <<'TEXT'
ice_cube 0.16.4
FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU: Wed 03, Sun 14, Wed 17, Sun 28
FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=MO: Wed 03, Sun 07, Wed 17, Sun 21
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
