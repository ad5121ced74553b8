"""Ping, and the channels of the change feed."""

import msgspec
from msgspec import UNSET, Struct, UnsetType

from deskcal.commands.dispatch import ping
from deskcal.commands.registry import Data, NoData, Work, command
from deskcal.commands.services import Services
from deskcal.core.document import wire_safe
from deskcal.core.event import Id
from deskcal.core.masks import BadMask, desk_mask
from deskcal.core.sessions import Session
from deskcal.errors import FieldRequired, Forbidden, InvalidField, Unavailable
from deskcal.limits import Limits
from deskcal.live.connections import Peer

MAX_NAME = 64
"""Characters of a channel, without the mask of one of a desk."""


class Channels(Struct):
    """Names of channels; `chanels` is how the published clients spell it."""

    chanels: list[str] | UnsetType = UNSET
    channels: list[str] | UnsetType = UNSET


class Subscription(Channels):
    """Channels, and the cursor after which to begin."""

    since: Id | None = None


@command("Ping", NoData, types=None, is_repeatable=True)
def ping_server(services: Services, _: Peer, __: Session, ___: NoData) -> Data:
    """The server's time; needs no token, but one that is sent is checked."""
    return ping(services)


@command("Subscribe", Subscription, types=None, is_repeatable=True)
def subscribe(services: Services, peer: Peer, session: Session, data: Subscription) -> Data | Work:
    """Adds channels to this connection; nothing is pushed on names that are not channels."""
    if data.since is not None and data.since > services.feed.newest_seq:
        return _subscribe_later(services, peer, session, data, data.since)
    return _subscribe(services, peer, session, data)


async def _subscribe_later(
    services: Services, peer: Peer, session: Session, data: Subscription, since: int
) -> Data:
    """Where another node may have come further than this one knows."""
    await services.feed.know_cursor(since)
    if peer.is_closed:
        raise Unavailable("the connection is closed; nothing was subscribed to")
    return _subscribe(services, peer, session, data)


def _subscribe(services: Services, peer: Peer, session: Session, data: Subscription) -> Data:
    names = tuple(_names(data))
    for name in names:
        _check_channel(services.limits, session, name)
    wanted = peer.channels.get(session.manager_id, {}) | dict.fromkeys(names)
    others = sum(len(own) for key, own in peer.channels.items() if key != session.manager_id)
    if len(wanted) + others > services.limits.max_subscriptions:
        raise InvalidField(
            f"chanels would make {len(wanted) + others} subscriptions on this connection; "
            f"at most {services.limits.max_subscriptions} are allowed",
            field="chanels",
        )
    services.feed.subscribe(peer, session.manager_id, names, data.since)
    peer.channels[session.manager_id] = wanted
    return _subscribed(wanted)


@command("Unsubscribe", Channels, types=None, is_repeatable=True)
def unsubscribe(services: Services, peer: Peer, session: Session, data: Channels) -> Data:
    """Takes channels from this connection."""
    gone = set(_names(data))
    left = {name: None for name in peer.channels.pop(session.manager_id, {}) if name not in gone}
    if left:
        peer.channels[session.manager_id] = left
    services.feed.unsubscribe(peer)
    return _subscribed(left)


def _names(data: Channels) -> list[str]:
    names = data.channels if data.chanels is UNSET else data.chanels
    if names is UNSET:
        raise FieldRequired("chanels is required, as an array of channel names", field="chanels")
    return names


def _check_channel(limits: Limits, session: Session, name: str) -> None:
    """Raises: InvalidField for a name that none of ours can have; Forbidden where not theirs."""
    most = MAX_NAME + limits.max_mask_bytes
    if len(name) > most:
        raise InvalidField(
            f"chanels has a name of {len(name)} characters; at most {most} are allowed",
            field="chanels",
        )
    root, _, rest = name.partition(":")
    if root != "calendar":
        return
    if not session.may_use_calendar:
        raise Forbidden(f"sessions of type {session.type} may not use channel {name!r}")
    kind, _, value = rest.partition(":")
    if kind == "desk":
        try:
            desk_mask(value, limits)
        except BadMask as exc:
            raise InvalidField(f"chanels: the mask of {name!r} {exc}", field="chanels") from exc
    elif name != "calendar" and not (kind == "manager" and _is_id(value)):
        raise InvalidField(
            f"chanels: {name!r} is none of calendar, calendar:manager:<id>, calendar:desk:<mask>",
            field="chanels",
        )


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 16


def _subscribed(channels: dict[str, None]) -> Data:
    return wire_safe(msgspec.json.encode({"chanels": list(channels)}))
