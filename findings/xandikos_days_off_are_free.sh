#!/bin/sh
# Xandikos 0.4.10 answers a free-busy-query without the all-day events that have no DTEND. RFC 5545, 3.6.1: such an
# event lasts its one day; RFC 4791, 7.10, has all events that take up time in the range. A query for the events of that
# day finds it; with DTEND, or DURATION:P1D, the day is busy. So an assistant who asks when somebody is free offers the
# day off, alone or one of a series. A further date that RDATE gives to an event without a rule is not busy either, and
# no query finds it (RFC 5545, 3.8.5.2); with an RRULE it is busy. Radicale 3.9.0 has all of them busy. No report of it
# was found, in November 2026.
# deskcal has all of them busy.
#
# Guess: 1 March is busy, in each form. Seen: not without DTEND, and not at the time of the RDATE.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xandikos==0.4.10 icalendar==7.3.2 \
    radicale==3.9.0 vobject==0.9.9 2>/dev/null
FOLDER="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import base64
import http.client
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

folder = pathlib.Path(os.environ["FOLDER"])
LOGIN = "Basic " + base64.b64encode(b"ann:ann").decode()
RANGE = '<C:time-range start="20270301T000000Z" end="20270302T000000Z"/>'
SPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
BUSY = f"<C:free-busy-query {SPACES}>{RANGE}</C:free-busy-query>"
EVENTS = (
    f"<C:calendar-query {SPACES}><D:prop><C:calendar-data/></D:prop><C:filter>"
    f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{RANGE}</C:comp-filter></C:comp-filter>'
    "</C:filter></C:calendar-query>"
)
CALL = ["DTSTART:20270222T090000Z", "DURATION:PT1H"]
HEAD = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:Off"]
FORMS = {
    "day with DTEND": ["DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270302"],
    "day with DURATION": ["DTSTART;VALUE=DATE:20270301", "DURATION:P1D"],
    "day": ["DTSTART;VALUE=DATE:20270301"],
    "every week a day": ["DTSTART;VALUE=DATE:20270222", "RRULE:FREQ=WEEKLY;COUNT=3"],
    "RDATE": [*CALL, "RDATE:20270301T120000Z"],
    "RDATE and RRULE": [*CALL, "RRULE:FREQ=DAILY;COUNT=2", "RDATE:20270301T120000Z"],
}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def ask(port, method, path, body=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    kind = "text/calendar" if method == "PUT" else "text/xml"
    connection.request(method, path, body, {"Authorization": LOGIN, "Depth": "1", "Content-Type": kind})
    return connection.getresponse().read().decode()


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def answers(command, port, home):
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {}
    try:
        while not is_listening(port):
            time.sleep(0.2)
        ask(port, "MKCALENDAR", home)
        for name, lines in FORMS.items():
            text = "\r\n".join([*HEAD, "DTSTAMP:20270101T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""])
            ask(port, "PUT", f"{home}1.ics", text)
            is_busy = bool(re.search(r"^FREEBUSY.*:20270301T", ask(port, "REPORT", home, BUSY), re.MULTILINE))
            found[name] = is_busy, "BEGIN:VEVENT" in ask(port, "REPORT", home, EVENTS)
            ask(port, "DELETE", f"{home}1.ics")
        return found
    finally:
        server.terminate()
        server.wait()


first, second = free_port(), free_port()
(folder / "config").write_text(
    f"[server]\nhosts = 127.0.0.1:{first}\n[auth]\ntype = none\n[logging]\nlevel = error\n"
    f"[storage]\nfilesystem_folder = {folder}/data\n"
)
programs = folder / "venv/bin"
xandikos = [programs / "xandikos", "serve", "-d", folder / "git", "--defaults", "--current-user-principal", "/ann"]
radicale = answers([programs / "radicale", "--config", folder / "config"], first, "/ann/days/")
seen = answers([*xandikos, "-l", "127.0.0.1", "-p", str(second)], second, "/ann/calendars/calendar/")
print("1 March 2027: busy, found by a query; Xandikos 0.4.10 and Radicale 3.9.0")
for name in FORMS:
    print(f"{name}: {seen[name]} and {radicale[name]}")
busy = [name for name, (is_busy, _) in seen.items() if is_busy]
has_changed = busy != ["day with DTEND", "day with DURATION", "RDATE and RRULE"] or not seen["day"][1]
if has_changed or seen["RDATE"][1] or not all(is_busy for is_busy, _ in radicale.values()):
    sys.exit("the behaviour has changed")
PYTHON
