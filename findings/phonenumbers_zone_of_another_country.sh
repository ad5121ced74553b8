#!/bin/sh
# phonenumbers 9.0.43 (Google's libphonenumber for Python) gives zones of other countries: time_zones_for_number() of a
# number of Algeria is Europe/Paris alone, of Libya Europe/Bucharest, of Morocco Atlantic/Canary, of Nicaragua
# America/Chicago, of South Sudan Africa/Nairobi. In winter most of these have the same time; in summer the clock of the
# named zone goes forward and that of the country does not, so a dialler that keeps to a customer's hours by it calls an
# hour too early from March to October; in South Sudan in each month. The documentation says "the time zones to which a
# phone number belongs". The list is Google's, with one zone for each clock, whatever its country. The zone of the
# country is found by region_code_for_number() and zone.tab where it has one. Wrong zones of some prefixes were repaired
# one by one (libphonenumber's issues 531, 1131 and 1369); of these five no report was found, in November 2026.
# deskcal takes the zone of a customer as it is given.
#
# Guess: Africa/Algiers, Africa/Tripoli, Africa/Casablanca, America/Managua, Africa/Juba. Seen: the five above; on 15
# July 2027 each is an hour ahead of the country.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check phonenumbers==9.0.43 tzdata==2026.6 >/dev/null 2>&1
cat >zones.py <<'PYTHON'
import datetime
import sys
import zoneinfo

import phonenumbers
from phonenumbers import timezone

zoneinfo.reset_tzpath(to=[])  # the package tzdata alone
MONTHS = (1, 7)
SEEN = {
    "DZ": ("Africa/Algiers", "Europe/Paris", [0, 1]),
    "LY": ("Africa/Tripoli", "Europe/Bucharest", [0, 1]),
    "MA": ("Africa/Casablanca", "Atlantic/Canary", [0, 1]),
    "NI": ("America/Managua", "America/Chicago", [0, 1]),
    "SS": ("Africa/Juba", "Africa/Nairobi", [1, 1]),
}


def offset(name, month):
    """Hours of the zone before UTC on the 15th of that month."""
    noon = datetime.datetime(2027, month, 15, 12, tzinfo=zoneinfo.ZoneInfo(name))
    return noon.utcoffset().total_seconds() / 3600


print(f"phonenumbers {phonenumbers.__version__}, hours ahead of the country in January and July 2027")
is_same = True
for region, (own, expected, ahead) in SEEN.items():
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    zones = timezone.time_zones_for_number(number)
    hours = [offset(zones[0], month) - offset(own, month) for month in MONTHS]
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    print(f"{region} {text}, in {own}: {', '.join(zones)} {hours}")
    is_same &= phonenumbers.is_valid_number(number) and zones == (expected,) and hours == ahead
if not is_same:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python zones.py
