"""Puts the parts together: settings to a running server, and what the command line needs.

The clock, the keys, the signals and the process's limits are read here and handed on.
"""

import asyncio
import errno
import functools
import gc
import logging
import resource
import signal
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TypeVar

import msgspec

from deskcal.app.backends import (
    StartError,
    check,
    close_store,
    devices,
    directory,
    open_store,
    place,
    put_directory,
)
from deskcal.app.certificates import Certificate
from deskcal.app.config import OFF, Config, listen_address
from deskcal.app.keys import read_public_keys, signing_key, watch_keys
from deskcal.app.log import begin_log
from deskcal.app.runtime import running
from deskcal.app.zone_data import keep_zones, use_newest_zones
from deskcal.commands import Dispatcher, Lifecycle
from deskcal.core.calling_hours import CallingHours
from deskcal.core.completion import CallRules
from deskcal.core.draft import timezones
from deskcal.core.tokens import TokenVerifier
from deskcal.core.zones import zone_data
from deskcal.demo.calendar import Filled
from deskcal.demo.desk import NotEmpty, fill, page_address, welcome
from deskcal.demo.desks import CALLING_HOURS as DEMO_HOURS
from deskcal.http.app import Gateway
from deskcal.limits import Limits
from deskcal.server.host import ConnectionHost
from deskcal.server.listener import Listener
from deskcal.server.tcp import TcpConnection

__all__ = [
    "NotEmpty",
    "StartError",
    "check",
    "devices",
    "directory",
    "fill_demo",
    "place",
    "put_directory",
    "serve",
]

logger = logging.getLogger(__name__)

_Listening = TypeVar("_Listening", Listener, Gateway)

SPARE_FILES = 64
"""File descriptors that are kept for other things than connections."""
OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""The garbage collector's first threshold: requests make few cycles, and long pauses are felt."""


async def serve(
    config: Config,
    environ: Mapping[str, str],
    *,
    announce: Callable[[str], None],
    abandon: Callable[[], None],
) -> None:
    """Serves until SIGTERM or SIGINT; `announce` gets a line for each listener when it is ready.

    `abandon` ends the process at once, where the store can't be closed in time. Raises: StartError.
    """
    begin_log(config.log_level)
    _load_zones(config)
    limits = _within_file_limit(config)
    verifier = _verifier(config, environ)
    certificate = Certificate(config) if config.tls_cert else None
    tls = certificate.context if certificate else None
    lifecycle = Lifecycle()
    async with AsyncExitStack() as parts:
        store = await open_store(config, limits)
        parts.push_async_callback(lambda: close_store(store, lifecycle.stop_deadline, abandon))
        dispatcher = await parts.enter_async_context(
            running(
                store,
                verifier,
                limits,
                default_timezone=config.default_timezone,
                call_rules=_call_rules(config),
                lifecycle=lifecycle,
            )
        )
        if config.demo:
            await _fill_if_empty(dispatcher, announce)
        clients = await parts.enter_async_context(ConnectionHost(dispatcher))
        listener = await _listen(parts, _tcp_listener(clients, config, tls), config.tcp, "--tcp")
        gateway = await _open_gateway(parts, clients, config, tls)
        _settle_memory()
        stopped = _at_signals()
        where = f"{' with TLS' if tls else ''}, {place(config)}"
        for name in listener.addresses:
            announce(f"ready: listening on tcp {name}{where}")
        if config.demo and not config.jwt_keys:
            key = signing_key(config, environ)
            announce(welcome(key, listener.addresses[0], time.time()))
        if gateway is not None:
            _announce_page(gateway, config, environ, announce)
        _watch_files(lifecycle, config, certificate, verifier)
        await stopped.wait()
        announce("stopping: finishing what is in flight")
        lifecycle.stop(asyncio.get_running_loop().time() + limits.stop_timeout_sec)


def _watch_files(
    lifecycle: Lifecycle, config: Config, certificate: Certificate | None, verifier: TokenVerifier
) -> None:
    """Certificate and public keys, where there are any, until the stop."""
    if certificate is not None:
        lifecycle.tasks.start("watch certificate", certificate.watch)
    if config.jwt_keys:
        lifecycle.tasks.start("watch keys", functools.partial(watch_keys, config, verifier))


def _announce_page(
    gateway: Gateway,
    config: Config,
    environ: Mapping[str, str],
    announce: Callable[[str], None],
) -> None:
    """Says where the web calendar is; the demo's address has a token behind its `#`."""
    base = f"{gateway.scheme}://{gateway.addresses[0]}/"
    if config.demo and not config.jwt_keys:
        announce(page_address(signing_key(config, environ), base, time.time()))
    announce(f"ready: the web calendar is at {base}")


def fill_demo(config: Config, *, has_reminders: bool = True) -> Filled:
    """Puts the demo desk into an empty store, with or without reminders.

    Raises: NotEmpty, StartError.
    """

    async def run() -> Filled:
        store = await open_store(config, config)
        try:
            async with running(store, TokenVerifier([]), config) as dispatcher:
                return await fill(dispatcher, has_reminders=has_reminders)
        finally:
            await store.close()

    return asyncio.run(run())


async def _fill_if_empty(dispatcher: Dispatcher, announce: Callable[[str], None]) -> None:
    try:
        filled = await fill(dispatcher)
    except NotEmpty:
        return
    announce(f"the demo desk: {filled.events} events of {filled.managers} managers")


def _load_zones(config: Config) -> None:
    """Loads all zones of the newest release there is, and logs which that is.

    Raises: StartError where the file of `default_timezone` can't be read.
    """
    zones = use_newest_zones()
    logger.info("time zones of release %s, from %s", zones.version, zones.source)
    keep_zones()
    if config.default_timezone not in timezones():
        raise StartError(
            f"default_timezone ({config.default_timezone}): the zone's file of "
            f"{zone_data().source} can't be read; install the time zone data again, or set another "
            "zone"
        )


def _call_rules(config: Config) -> CallRules:
    """The settings of the call desk, as requests need them."""
    return CallRules(
        CallingHours(
            config.calling_hours or (DEMO_HOURS if config.demo else {}), config.default_timezone
        ),
        config.customer_cooldown_sec,
        frozenset(config.outcome_required_types),
    )


def _tcp_listener(clients: ConnectionHost, config: Config, tls: ssl.SSLContext | None) -> Listener:
    address = listen_address(config.tcp)
    return Listener(
        lambda: TcpConnection(clients),
        address.host,
        address.port,
        tls=clients.tls(tls),
    )


async def _open_gateway(
    parts: AsyncExitStack, clients: ConnectionHost, config: Config, tls: ssl.SSLContext | None
) -> Gateway | None:
    """HTTP and WebSocket; None where they are switched off."""
    if config.web == OFF:
        return None
    address = listen_address(config.web)
    gateway = Gateway(
        clients,
        address.host,
        address.port,
        tls=tls,
        passwords_without_tls=config.passwords_without_tls,
    )
    return await _listen(parts, gateway, config.web, "--web")


async def _listen(
    parts: AsyncExitStack, listener: _Listening, address: str, flag: str
) -> _Listening:
    """Enters a listener. Raises: StartError."""
    try:
        return await parts.enter_async_context(listener)
    except OSError as exc:
        raise _cannot_listen(address, flag, exc) from exc


def _cannot_listen(address: str, flag: str, exc: OSError) -> StartError:
    if exc.errno != errno.EADDRINUSE:
        return StartError(f"can't listen on {address}: {exc.strerror or exc}")
    return StartError(
        f"can't listen on {address}: address already in use; stop the server that uses it, or "
        f"choose another port with {flag} HOST:PORT"
    )


def _verifier(config: Config, environ: Mapping[str, str]) -> TokenVerifier:
    keys = [signing_key(config, environ)] if not config.jwt_keys else read_public_keys(config)
    return TokenVerifier(
        keys,
        leeway_sec=config.jwt_leeway_sec,
        issuer=config.jwt_issuer,
        audience=config.jwt_audience,
        limits=config,
        others_may_change=config.others_may_change,
    )


def _within_file_limit(config: Config) -> Limits:
    """The limits, with no more connections than the process may have files open.

    At most half of the connections may be without a valid token, so that clients that have none
    can't keep out those that do.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = config.max_connections + SPARE_FILES
    if soft < wanted:
        soft = min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    possible = max(1, soft - SPARE_FILES)
    if possible < config.max_connections:
        logger.warning("the file limit allows %d connections only", possible)
    connections = min(possible, config.max_connections)
    without_token = min(config.max_connections_without_token, max(1, connections // 2))
    return msgspec.structs.replace(
        config, max_connections=connections, max_connections_without_token=without_token
    )


def _settle_memory() -> None:
    """Everything that is there now stays: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 100)


def _at_signals() -> asyncio.Event:
    """Set at SIGTERM or SIGINT: from now on they end the server in order."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
