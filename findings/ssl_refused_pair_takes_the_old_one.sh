#!/bin/sh
# Python 3.11 with OpenSSL 3.0.19: SSLContext.load_cert_chain() that raises has taken the pair that the context had before
# out of use: from then on each handshake fails with "no shared cipher", until a call succeeds. It puts the certificate in
# place first, which drops the old key, and looks at the new key afterwards. Who renews a certificate writes two files, one
# after the other. A server that loads them in between into the context that it serves with, catches the error and means
# to go on with the old pair, which is valid for weeks, lets nobody in. A missing key, of which there is an error, too,
# does the same. A new context for each attempt, used only once it has loaded, does not. The manual says that an SSLError
# is raised if the key does not match, not what the context is afterwards; no report was found, in November 2026.
# deskcal loads each renewed pair into a context of its own.
#
# Guess: the context goes on with the old pair. Seen: a handshake with the old pair; after load_cert_chain() of the new
# certificate with the old key raised, none with the same context; with both new files again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check trustme==1.2.1 2>/dev/null
cat >renewed.py <<'PYTHON'
import pathlib
import ssl
import sys

import trustme

authority = trustme.CA()
CERTIFICATE, KEY = pathlib.Path("certificate.pem"), pathlib.Path("key.pem")
old, new = authority.issue_cert("calendar.example"), authority.issue_cert("calendar.example")


def end_of_handshake(context):
    """What comes of a handshake of `context` with a client that trusts the authority."""
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname="calendar.example")
    server = context.wrap_bio(to_server, to_client, server_side=True)
    done = set()
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                return error.reason
    return "handshake" if len(done) == 2 else "no end"


def loaded(context):
    try:
        context.load_cert_chain(CERTIFICATE, KEY)
    except (ssl.SSLError, OSError) as error:
        return getattr(error, "reason", None) or type(error).__name__
    return "loaded"


old.cert_chain_pems[0].write_to_path(CERTIFICATE)
old.private_key_pem.write_to_path(KEY)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
seen = [loaded(context), end_of_handshake(context)]
new.cert_chain_pems[0].write_to_path(CERTIFICATE)
seen += [loaded(context), end_of_handshake(context)]
new.private_key_pem.write_to_path(KEY)
seen += [loaded(context), end_of_handshake(context)]
print(f"Python {sys.version.split()[0]}, {ssl.OPENSSL_VERSION}")
for step, what in zip(("old pair", "new certificate, old key", "new pair"), (seen[:2], seen[2:4], seen[4:])):
    print(f"{step}: {', '.join(what)}")
if seen[:3] != ["loaded", "handshake", "KEY_VALUES_MISMATCH"] or seen[4:] != ["loaded", "handshake"]:
    sys.exit("this is not the case that was meant")
if seen[3] != "NO_SHARED_CIPHER":
    sys.exit("the behaviour has changed: the old pair, or what else there is, goes on")
PYTHON
venv/bin/python renewed.py
