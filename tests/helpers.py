"""What tests of several modules share: events, rows, drafts and keys by name. No fixtures here."""

import functools
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Raw

from deskcal.core.document import EventScope
from deskcal.core.draft import Draft, EventFields, draft, draft_new
from deskcal.core.event import Event, Participant, ParticipantRole, ParticipantStatus
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import Key, secret_key
from deskcal.wire.data import decode_data

NOW = 1_710_000_000
NEVER = 4_000_000_000
"""`exp` of tokens that are made when their module is read, maybe hours before its tests run."""
WAIT_SEC = 60
"""What a test waits for has come long before, but on a machine that stands still for a while."""
SECRET = "only-for-tests-only-for-tests-only!"
KEY: Key = secret_key(SECRET)

Private = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | x25519.X25519PrivateKey
)
"""Any private key of these tests, also of kinds that sign nothing here."""

_decoder = msgspec.json.Decoder(EventFields)


def make_row(manager_id: int, **named: Any) -> Participant:
    """A guest's row of event 1, invited and required, but for what is named."""
    row = Participant(1, manager_id, ParticipantRole.REQUIRED, ParticipantStatus.INVITED, NOW, NOW)
    return msgspec.structs.replace(row, **named)


def make_owner_row(manager_id: int, **named: Any) -> Participant:
    """The organizer's row of event 1, accepted, but for what is named."""
    named = {"role": ParticipantRole.ORGANIZER, "status": ParticipantStatus.ACCEPTED} | named
    return make_row(manager_id, **named)


def make_event(**named: Any) -> Event:
    """Event 1 of manager 10, one hour from `NOW`, but for what is named."""
    event = Event(
        id=1,
        owner_manager_id=10,
        created_by=10,
        title="Retention sync",
        start_time=NOW,
        end_time=NOW + 3600,
        created_time=NOW,
        updated_time=NOW,
        participants=(make_owner_row(named.get("owner_manager_id", 10)),),
    )
    return msgspec.structs.replace(event, **named)


def make_draft(**sent: Any) -> Draft:
    """The draft of `data` with these keys, by the way that a message takes."""
    return json_draft(msgspec.json.encode(sent))


def make_new_draft(**sent: Any) -> Draft:
    """The draft of a create with these keys."""
    return draft_new(decode_data(_decoder, Raw(msgspec.json.encode(sent))))


def json_draft(data: bytes) -> Draft:
    """The draft of `data`, which is JSON text."""
    return draft(decode_data(_decoder, Raw(data)))


def make_scope(**named: Any) -> EventScope:
    """An event of manager 10 on desk DESK_EU of the brand `default`, but for what is named."""
    scope = EventScope("default", "DESK_EU", 10, 10, (10,))
    return msgspec.structs.replace(scope, **named)


def make_claims(**named: Any) -> dict[str, object]:
    """Claims of manager 10, for an hour from `NOW`, but for what is named."""
    claims = {"id": 10, "type": int(SessionType.SESSION_MANAGER), "exp": NOW + 3600}
    return claims | named


@functools.cache
def rsa_key() -> rsa.RSAPrivateKey:
    """A private key that signs as an issuer of its own would."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(private: Private) -> str:
    """The public half of a key as an operator would put it in a file."""
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
