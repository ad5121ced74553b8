#!/bin/sh
# Radicale 3.9.0 answers 400 Bad Request to a calendar-query that finds more events than its setting
# `reporting.max_expand_occurrence`, though no event of these repeats and nothing is to be expanded: it counts the
# VEVENTs of all resources of the answer against it. The setting is described as the "number of expand occurrences per
# event when reporting". Its default is 10,000: an app that asks for all of a calendar of 10,001 single events gets none
# of them, and an answer that says that its request was wrong. RFC 4791, 7.8, has number-of-matches-within-limits for
# that. This sets the limit to 3, since a calendar of 10,001 events takes minutes.
#
# Seen: with a limit of 3 one query finds three single events; of four none, with status 400.
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
    f"[storage]\nfilesystem_folder = {folder}/data\n[reporting]\nmax_expand_occurrence = 3\n"
)
LOGIN = "Basic " + base64.b64encode(b"ann:ann").decode()


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


def put(number):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", f"UID:{number}", "SUMMARY:Call"]
    lines += ["DTSTAMP:20270101T000000Z", "DTSTART:20270301T100000Z", "DTEND:20270301T110000Z", "END:VEVENT"]
    ask("PUT", f"/ann/calls/{number}.ics", "\r\n".join([*lines, "END:VCALENDAR", ""]))


def query():
    status, answer = ask(
        "REPORT",
        "/ann/calls/",
        '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop>'
        '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter></C:filter>'
        "</C:calendar-query>",
    )
    return status, answer.count("BEGIN:VEVENT")


server = subprocess.Popen([folder / "venv/bin/radicale", "--config", folder / "config"])
try:
    while not is_listening():
        time.sleep(0.2)
    ask("MKCALENDAR", "/ann/calls/")
    for number in range(3):
        put(number)
    three = query()
    put(3)
    four = query()
finally:
    server.terminate()
    server.wait()
print("Radicale 3.9.0 with max_expand_occurrence = 3, one calendar-query: status and events")
print(f"three single events: {three}; four: {four}")
if (three, four) != ((207, 3), (400, 0)):
    sys.exit("the behaviour has changed")
PYTHON
