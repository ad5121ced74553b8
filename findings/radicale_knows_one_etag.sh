#!/bin/sh
# Radicale 3.9.0 compares the whole header If-Match with the ETag. RFC 9110, 13.1.1: the header is a list, and the
# request is carried out where one of its tags is that of the resource; an app that has two versions which it may
# replace, its own and the one that it saw last, sends both. Radicale answers 412 to PUT and DELETE, however often the
# app reads the event again. If-None-Match with the tag of what is there is not looked at: the PUT is carried out where
# 13.1.2 has 412, and a GET answered with the whole text in place of 304; with "*" it is right. Xandikos 0.4.10 does all
# of these rightly. Its documentation does not say it; no report was found, in November 2026 (go-webdav's issue 117 is
# about the same of another server).
# deskcal takes lists in both headers.
#
# Guess: 204 for the list, 412 and 304 for If-None-Match. Seen: Radicale 412, 204 and 200.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check radicale==3.9.0 vobject==0.9.9 \
    xandikos==0.4.10 2>/dev/null
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
LOGIN = "Basic " + base64.b64encode(b"ann:ann").decode()
LINES = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:call",
         "DTSTAMP:20270101T000000Z", "DTSTART:20270301T090000Z", "END:VEVENT", "END:VCALENDAR", ""]
TEXT = "\r\n".join(LINES)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def ask(port, method, path, body="", **conditions):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": LOGIN, "Content-Type": "text/calendar"}
    headers |= {name.replace("_", "-"): value for name, value in conditions.items()}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("ETag", "")


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def statuses(command, port, home):
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not is_listening(port):
            time.sleep(0.2)
        ask(port, "MKCALENDAR", home)
        event = f"{home}1.ics"
        ask(port, "PUT", event, TEXT)
        tag = ask(port, "HEAD", event)[1]
        found = [ask(port, "PUT", event, TEXT.replace("call", "talk"), If_Match=tag)[0]]
        tag = ask(port, "HEAD", event)[1]
        found.append(ask(port, "PUT", event, TEXT, If_Match=f'"another", {tag}')[0])
        tag = ask(port, "HEAD", event)[1]
        found.append(ask(port, "GET", event, If_None_Match=tag)[0])
        found.append(ask(port, "PUT", event, TEXT.replace("call", "talk"), If_None_Match=tag)[0])
        found.append(ask(port, "PUT", event, TEXT, If_None_Match="*")[0])
        tag = ask(port, "HEAD", event)[1]
        return [*found, ask(port, "DELETE", event, If_Match=f'"another", {tag}')[0]]
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
seen = {
    "Radicale 3.9.0": statuses([programs / "radicale", "--config", folder / "config"], first, "/ann/days/"),
    "Xandikos 0.4.10": statuses([*xandikos, "-l", "127.0.0.1", "-p", str(second)], second, "/ann/calendars/calendar/"),
}
print("PUT with one tag, with two; GET and PUT with If-None-Match of the tag, PUT with *; DELETE with two")
for name, found in seen.items():
    print(f"{name}: {found}")
if list(seen.values()) != [[204, 412, 200, 204, 412, 412], [204, 204, 304, 412, 412, 204]]:
    sys.exit("the behaviour has changed")
PYTHON
