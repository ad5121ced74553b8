#!/bin/sh
# Radicale 3.9.0 leaves an all-day occurrence out of a query with `expand` where the range does not begin before its
# date and the event has no DTEND. RFC 5545, 3.6.1: such an event lasts its one day; RFC 4791, 9.9, has it overlap
# every range within the day. The same query without `expand` finds the event, and with DTEND the occurrence is there;
# so is it, without DTEND, by Xandikos 0.4.10. An app that asks for today does not have today's day off.
# Issues 1616, 1618 and 1812, all closed, on what `expand` gives, are about other events.
#
# Seen: a weekly all-day event, asked for 8 March with expand: nothing without DTEND, 8 March with DTEND.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check radicale==3.9.0 vobject==0.9.9 2>/dev/null
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
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
(folder / "config").write_text(
    f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[logging]\nlevel = error\n"
    f"[storage]\nfilesystem_folder = {folder}/data\n"
)
LOGIN = "Basic " + base64.b64encode(b"ann:ann").decode()
DAY = 'start="20270308T000000Z" end="20270309T000000Z"'


def ask(method, path, body=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": LOGIN, "Depth": "1", "Content-Type": "text/calendar" if method == "PUT" else "text/xml"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def is_listening():
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def days(end, expand):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:Off"]
    lines += ["DTSTAMP:20270101T000000Z", "DTSTART;VALUE=DATE:20270301", *end, "RRULE:FREQ=WEEKLY;COUNT=6"]
    ask("PUT", "/ann/days/1.ics", "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]))
    form = f"<C:calendar-data><C:expand {DAY}/></C:calendar-data>" if expand else "<C:calendar-data/>"
    query = (
        '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        f'<D:prop>{form}</D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f"<C:time-range {DAY}/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )
    return re.findall(r"DTSTART[^:]*:(\d{8})", ask("REPORT", "/ann/days/", query)[1])


server = subprocess.Popen([folder / "venv/bin/radicale", "--config", folder / "config"])
try:
    while not is_listening():
        time.sleep(0.2)
    ask("MKCALENDAR", "/ann/days/")
    end = ["DTEND;VALUE=DATE:20270302"]
    seen = [days([], True), days([], False), days(end, True)]
finally:
    server.terminate()
    server.wait()
print("Radicale 3.9.0, a weekly all-day event from 1 March, asked for 8 March")
print(f"without DTEND: with expand {seen[0]}, without expand {seen[1]}; with DTEND and expand {seen[2]}")
if seen != [[], ["20270301"], ["20270308"]]:
    sys.exit("the behaviour has changed")
PYTHON
