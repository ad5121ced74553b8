#!/bin/sh
# standardwebhooks 1.1.0 (PyPI): sign() takes the wall clock of the datetime that it is given for UTC, whatever its
# zone: the same instant has another signature in each zone. A sender that signs datetime.now(its zone), and sends
# int(time()) as webhook-timestamp, is refused by every receiver while its clock is not UTC: in London from March to
# October only. The README passes a time in UTC, and does not say that another zone is taken for it, without an error.
# The library of npm (1.1.1) signs the instant of a Date. No report of it was found, in November 2026.
# deskcal signs whole Unix seconds, and is checked against this library.
#
# Seen: an instant in UTC and in Berlin: two signatures in Python, the second that of an hour later.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0 tzdata==2026.6 2>/dev/null
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1 >/dev/null 2>&1
cat >sign.cjs <<'JAVASCRIPT'
const { Webhook } = require("standardwebhooks");
console.log(new Webhook("whsec_" + "QUJD".repeat(8)).sign("msg_1", new Date("2027-01-20T12:00:00Z"), "{}"));
JAVASCRIPT
node sign.cjs >expected
cat >sign.py <<'PYTHON'
import datetime as dt
import pathlib
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

from standardwebhooks import Webhook

hook = Webhook("whsec_" + "QUJD" * 8)
noon = dt.datetime(2027, 1, 20, 12, tzinfo=dt.UTC)
in_berlin = noon.astimezone(ZoneInfo("Europe/Berlin"))
npm = pathlib.Path("expected").read_text().strip()
print(f"standardwebhooks {version('standardwebhooks')}; the same instant: {noon == in_berlin}")
seen = [
    hook.sign("msg_1", noon, "{}") == npm,
    hook.sign("msg_1", in_berlin, "{}") == npm,
    hook.sign("msg_1", in_berlin, "{}") == hook.sign("msg_1", noon + dt.timedelta(hours=1), "{}"),
]
print("as npm signs it, in UTC: {}, in Berlin: {}; in Berlin as an hour later: {}".format(*seen))
if seen != [True, False, True]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python sign.py
