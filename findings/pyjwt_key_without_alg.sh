#!/bin/sh
# PyJWT 2.15.1: a key of a JWKS that names no "alg" (RFC 7517, 4.4: optional; some identity providers leave it out)
# counts as RS256, if it is an RSA key. A token that the same key has signed with RS512 or PS256 is refused with
# InvalidAlgorithmError "does not match the key's algorithm", although `algorithms` allows it; with the `.key` of the
# same PyJWK, or the key from PEM, it is accepted. So tokens of a provider that changes from RS256 to PS256 fail only
# where the JWKS has no "alg", and the error names an algorithm that is written nowhere. The documentation says that a
# PyJWK has to fit the algorithm of the token, not that one is assumed (which its pull request 624 began).
#
# Seen: RS256 accepted by the PyJWK and by its key; RS512 and PS256 refused by the PyJWK, accepted by its key.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1" 2>/dev/null
cat >keys.py <<'PYTHON'
import json
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHMS = ["RS256", "RS512", "PS256"]
private = rsa.generate_private_key(65537, 2048)
document = json.loads(RSAAlgorithm.to_jwk(private.public_key())) | {"kid": "a"}
(key,) = jwt.PyJWKSet.from_dict({"keys": [document]}).keys


def outcome(token, verifier):
    try:
        return jwt.decode(token, verifier, algorithms=ALGORITHMS)["sub"]
    except jwt.InvalidTokenError as exc:
        return f"{type(exc).__name__}"


print(f"PyJWT {jwt.__version__}, a JWK without alg: {sorted(document)}")
found = {}
for algorithm in ALGORITHMS:
    token = jwt.encode({"sub": "accepted"}, private, algorithm=algorithm, headers={"kid": "a"})
    found[algorithm] = outcome(token, key), outcome(token, key.key)
    print(f"{algorithm}: by the PyJWK {found[algorithm][0]}, by its key {found[algorithm][1]}")
refused = ("InvalidAlgorithmError", "accepted")
if found != {"RS256": ("accepted",) * 2, "RS512": refused, "PS256": refused}:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python keys.py
