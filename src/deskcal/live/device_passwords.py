"""Verifies passwords of devices: slow ones off the event loop, known ones at once.

Source: contract, part 2, section 16.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from msgspec import Struct

from deskcal.core.device_passwords import (
    NO_HASH,
    SALT_BYTES,
    hashed,
    is_match,
    selector_of,
)
from deskcal.core.devices import Device
from deskcal.core.rate_limit import FailureLimit
from deskcal.errors import TooManyRequests
from deskcal.limits import Limits
from deskcal.store.ports.devices import DeviceStore

MANAGER_FACTOR = 5
"""So many times as many failures are allowed for a manager as for an address."""
MAX_WAITING = 256
"""Passwords that wait to be hashed; beyond: 429."""
MAX_PASSWORD = 256
"""Characters; a longer one is wrong."""
REMEMBERED = 10_000
"""Passwords that were verified; then the oldest is dropped."""
USE_SEC = 60
"""A use is recorded once in so many seconds."""


_Result = TypeVar("_Result")


class _Known(Struct, frozen=True):
    """A password that was verified: whose it is, and by which hash."""

    device_id: int
    hash: str


class DevicePasswords:
    """One hash is computed at a time, so that wrong passwords cost others nothing but a turn.

    The store is read on each call: a device that was revoked on any node is refused at once.
    """

    def __init__(
        self,
        store: DeviceStore,
        now: Callable[[], float],
        monotonic: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._store = store
        self._now = now
        failures = limits.max_wrong_passwords_per_min
        self._by_address = FailureLimit(failures, monotonic)
        self._by_manager = FailureLimit(failures * MANAGER_FACTOR, monotonic)
        self._known: dict[bytes, _Known] = {}
        self._key = secrets.token_bytes(32)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "deskcal-password")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The hash of a new password."""
        salt = secrets.token_bytes(SALT_BYTES)
        return await self._in_thread(hashed, password, salt)

    async def verify(self, manager_id: int, password: str, address: str) -> Device | None:
        """The manager's device with that password, its use recorded; None: there is none.

        `address`: of the client, without its port. Raises: TooManyRequests after too many wrong
        passwords of the address or for the manager; a password that was verified before is not
        refused. Unavailable, Timeout.
        """
        digest = self._digest(manager_id, password)
        if digest not in self._known:
            self._check(manager_id, address)
        devices = await self._store.usable(manager_id)
        device = self._known_device(digest, devices)
        if device is None:
            device = await self._find(devices, manager_id, password, address)
        if device is None:
            return None
        self._remember(digest, device)
        now = int(self._now())
        if now - device.last_used_time >= USE_SEC:
            await self._store.used(device.id, now)
        return device

    def _digest(self, manager_id: int, password: str) -> bytes:
        text = f"{manager_id}:{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key).digest()

    def _known_device(self, digest: bytes, devices: list[Device]) -> Device | None:
        known = self._known.get(digest)
        if known is None:
            return None
        for device in devices:
            if (device.id, device.hash) == (known.device_id, known.hash):
                return device
        del self._known[digest]
        return None

    def _remember(self, digest: bytes, device: Device) -> None:
        if digest not in self._known and len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = _Known(device.id, device.hash)

    async def _find(
        self, devices: list[Device], manager_id: int, password: str, address: str
    ) -> Device | None:
        if self._waiting >= MAX_WAITING:
            raise TooManyRequests(
                "too many passwords are being verified; try again in 1 s", retry_after_ms=1000
            )
        self._waiting += 1
        try:
            async with self._turn:
                # Those before it in the queue may have used up the limit.
                self._check(manager_id, address)
                device = await self._in_thread(self._matching, devices, password)
                if device is None:
                    self._by_address.count(address)
                    self._by_manager.count(manager_id)
                return device
        finally:
            self._waiting -= 1

    def _check(self, manager_id: int, address: str) -> None:
        self._by_address.check(address)
        self._by_manager.check(manager_id)

    def _matching(self, devices: list[Device], password: str) -> Device | None:
        """Computes one hash in any case: the time reveals nothing about a manager's devices."""
        if len(password) > MAX_PASSWORD:
            return None
        selector = selector_of(password)
        found = [one for one in devices if one.selector == selector]
        if not found:
            is_match(password, NO_HASH)
        return next((one for one in found if is_match(password, one.hash)), None)

    async def _in_thread(self, work: Callable[..., _Result], *values: Any) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)
