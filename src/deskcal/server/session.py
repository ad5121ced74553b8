"""Flow control of one client, whatever its transport: order, turns, backlog, unsent output.

Frames are answered in order; answers are sent as soon as they are there. Backpressure is per
connection: a client that does not read its output is not read from.
"""

import asyncio
import functools
import logging
from collections import deque
from typing import Any

from deskcal.commands import Changing, PagedAnswer, PendingAnswer, Reading
from deskcal.errors import DeskcalError, Unavailable
from deskcal.live.connections import Peer
from deskcal.server.host import ConnectionHost
from deskcal.server.output import ClientOutput
from deskcal.server.run_queue import SHARED_PERIODS
from deskcal.server.transport import Transport
from deskcal.server.turns import READS_AT_ONCE, Turns
from deskcal.wire.envelope import DOCUMENT, NO_EXT_ID, encode_error

logger = logging.getLogger(__name__)

DRAIN_SEC = 1
"""How long input is read and dropped after an answer that ends the connection."""


class ClientSession:
    """One client: what it sent and is not answered yet, what it was sent and has not read yet."""

    def __init__(self, host: ConnectionHost, transport: Transport, name: str) -> None:
        self._host, self._limits = host, host.limits
        self._transport = transport
        self._answer = host.requests.answer
        self._unsettled, self._settle = host.requests.unsettled, host.requests.settle
        self._clock, self._now = host.services.now, host.clock
        self._backlog: deque[bytes] = deque()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._reading = 0
        """Events that are read, or are to be read once they have a turn."""
        self._read_turns: Turns | None = None
        self._list_turn = asyncio.Semaphore(1)
        """Lists come one at a time: the server holds one answer of them for a client."""
        self._output = ClientOutput(transport, host.limits, host.clock, host.loop.call_soon)
        """Nothing is read from the client while it is not free."""
        self._last_error: DeskcalError | None = None
        """Ends the connection once every message before it is being answered."""
        self._run_queue = host.run_queue
        self._is_reading = True
        self.is_ending = False
        """Whether input is dropped."""
        self._is_authenticated = False
        self._closes_when_done = False
        self._has_partial = False
        """Whether a message has begun and not ended."""
        self._is_silent = False
        self._received_at = self._beat_at = self._now()
        self._began_at = 0.0  # `watch` sets it, as it does `_received_at`: no clock on each read.
        self._was_aborted = False
        self.peer = Peer(
            name,
            self.push,
            lambda: self.unsent_bytes,
            lambda: transport.written_bytes,
            lambda: self._output.is_deferring,
        )

    def start(self) -> None:
        """Admits the client, or says why not and ends."""
        refusal = self._host.admit(self)
        if refusal is not None:
            self.end_with(refusal)

    def receive(self, frames: list[bytes], has_partial: bool) -> None:
        """Answers what can be answered at once with one write; starts the rest.

        `has_partial`: whether a message has begun after these and not ended.
        """
        if self.is_ending:
            return
        self._is_silent = False
        if frames or not self._has_partial:
            self._began_at = 0.0
        self._has_partial = has_partial
        is_busy = self._tasks or self._reading
        if self._backlog or not self._output.is_free or (is_busy and self._is_blocked):
            self._backlog.extend(frames)
            self._read_if_free()
        elif len(frames) == 1:
            self._run_queue.shared_periods = SHARED_PERIODS
            self._answer_single(frames[0])
        elif self._run_queue.shared_periods:
            self._backlog.extend(frames)
            self._run_queue.put(self._go_on)
        else:
            self._answer_frames(frames)
        if self._unsettled:
            self._settle()

    def carry(self, token: str) -> None:
        """The client has sent a token without a request."""
        self._host.dispatcher.carry(self.peer, token, self._clock())
        self._look_at_peer()

    def fail(self, error: DeskcalError) -> None:
        """Ends the connection with `error`, once every message before is being answered."""
        self._last_error = error
        self._fail_if_due()

    def receive_end(self) -> bool:
        """The client sends nothing more; True: it still gets answers."""
        self._closes_when_done = True
        self._go_on()
        self._output.send_ready()
        return bool(self._in_flight or self._backlog)

    def _answer_single(self, frame: bytes) -> None:
        """`_answer_frames` of one, in fewer steps: 3.6 % of the instructions of a point read."""
        answer, clock = self._answer, self._clock
        found = answer(self.peer, frame, clock())
        if isinstance(found, tuple):
            self._transport.write(b"".join(found))
        elif isinstance(found, bytes):
            self._transport.write(found)
        else:
            self._start(found)
        if not self._is_authenticated or self.peer.bad_messages:
            self._look_at_peer()

    def _answer_frames(self, frames: list[bytes]) -> None:
        """Answers `frames` in order; what follows one that reaches a limit waits."""
        answer, peer, now = self._answer, self.peer, self._clock()
        out: list[bytes] = []
        room = self._limits.max_unsent_bytes
        rest = iter(frames)
        for frame in rest:
            found = answer(peer, frame, now)
            if isinstance(found, tuple):
                out += found
                room -= len(found[DOCUMENT])
            elif isinstance(found, bytes):
                out.append(found)
                room -= len(found)
            else:
                self._start(found)
                if self._is_blocked:
                    room = 0
            if room <= 0:
                self._backlog.extendleft(reversed(list(rest)))
        if out:
            self._transport.write(b"".join(out))
        if not self._is_authenticated or peer.bad_messages:
            self._look_at_peer()
        self._read_if_free()

    def _look_at_peer(self) -> None:
        """Admits it among those that are known; ends one that sends nothing but bad messages."""
        if not self._is_authenticated and self.peer.is_authenticated:
            self._is_authenticated = True
            self._host.admission.authenticated(self)
        if self.peer.bad_messages >= self._limits.max_bad_messages:
            self._end(None)

    @property
    def _is_blocked(self) -> bool:
        return self._in_flight >= self._limits.max_requests_in_flight or not self._output.is_free

    @property
    def _in_flight(self) -> int:
        """Requests that are being answered."""
        return len(self._tasks) + self._reading

    def _read_if_free(self) -> None:
        """Reads from the client only while nothing of it waits."""
        is_free = not self._backlog and self._output.is_free
        if is_free != self._is_reading and not self._transport.is_closing:
            self._is_reading = is_free
            if is_free:
                self._began_at = self._now()
                self._transport.resume()
            else:
                self._transport.pause()
        if self._backlog and not self._is_blocked:
            self._run_queue.put(self._go_on)

    def _go_on(self) -> None:
        """Answers the backlog, as far as the limits allow."""
        if self._backlog and not self._is_blocked and not self.is_ending:
            free = self._limits.max_requests_in_flight - self._in_flight
            count = min(len(self._backlog), free)
            self._answer_frames([self._backlog.popleft() for _ in range(count)])
            self._fail_if_due()
            if self._unsettled:
                self._settle()
        self._close_if_done()

    def _fail_if_due(self) -> None:
        is_due = not self._backlog and not self._output.is_amid_line and not self.is_ending
        if self._last_error is not None and is_due:
            self.end_with(self._last_error)

    def _start(self, pending: PendingAnswer) -> None:
        work = pending.work
        if isinstance(work, (asyncio.Future, Changing)):
            change = work.change if isinstance(work, Changing) else work
            self._tasks.add(change)
            change.add_done_callback(functools.partial(self._change_is_there, pending))
        elif isinstance(work, Reading):
            self._reading += 1
            done = functools.partial(self._event_is_read, pending)
            self._turns_of_reads.take(work.begin, done)
        else:
            task = self._host.loop.create_task(self._finish(pending))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _event_is_read(self, pending: PendingAnswer, *loaded: Any) -> None:
        self._reading -= 1
        self._turns_of_reads.give()
        if not self._transport.is_closing:
            self._send_next(pending.finish_read(*loaded))
        if self._backlog or self._closes_when_done:
            self._go_on_or_close()

    def _change_is_there(self, pending: PendingAnswer, change: asyncio.Future[Any]) -> None:
        self._tasks.discard(change)
        if not change.cancelled():
            answer = pending.finish_done(change)
            if isinstance(answer, bytes):
                self._send_next(answer)
            elif self._transport.is_closing:
                answer.close()
            else:
                self._start(answer)
        self._go_on_or_close()

    async def _finish(self, pending: PendingAnswer) -> None:
        try:
            async with self._list_turn if pending.command.is_list else self._turns_of_reads:
                await self._output.drained()
                if pending.command.is_list:
                    await self._host.room_for_list()
                data = await pending.finish()
                if isinstance(data, bytes):
                    self._output.send_soon(data)
                elif isinstance(data, list):
                    self._output.send(data)
                else:
                    await self._send_pages(data)
        except Unavailable as exc:
            self._output.send(pending.refuse(exc))
        finally:
            pending.close()

    @property
    def _turns_of_reads(self) -> Turns:
        """No `cached_property`: its dict of the session slows all attributes, a read by 15 %."""
        if self._read_turns is None:
            self._read_turns = Turns(READS_AT_ONCE, is_held=not self._output.is_free)
        return self._read_turns

    async def _send_pages(self, answer: PagedAnswer) -> None:
        """Sends one line as the client takes it; a failure ends the connection amid the line."""
        self._output.send_ready()
        self._turns_of_reads.hold()
        until = self._host.loop.time() + self._limits.list_snapshot_sec
        try:
            while (pieces := await answer.take()) and not self._transport.is_closing:
                self._output.send_part(pieces)
                self._read_if_free()
                await self._output.drained_by(until)
        except Exception as exc:
            answer.fail(exc)
            self.abort(f"an answer can't be completed: {exc}")
            return
        finally:
            answer.close()
        self._output.end_line()
        self._resume()
        self._fail_if_due()

    def _resume(self) -> None:
        """Goes on, where the client takes its output and no line is sent in parts."""
        self._read_if_free()
        if self._output.is_free:
            self._turns_of_reads.resume()
            self._host.services.resume(self.peer)

    def _done(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        self._go_on_or_close()

    def _go_on_or_close(self) -> None:
        if self._backlog:
            self._read_if_free()
        self._close_if_done()

    def _send_next(self, answer: bytes) -> None:
        """At once, unless others are on their way that may get ready in the same turn."""
        output = self._output
        if self._reading or self._tasks or output.has_ready or not output.is_free:
            output.send_soon(answer)
        else:
            output.send(answer)

    def push(self, lines: bytes) -> bool:
        """Sends unrequested lines; False, and nothing sent, where the client is too slow."""
        return not self.is_ending and self._output.push(lines)

    @property
    def unsent_bytes(self) -> int:
        """Output that waits for the client to read it."""
        return self._output.unsent_bytes

    def writing_paused(self) -> None:
        """The client reads its output too slowly: nothing more is read from it."""
        self._output.pause()
        self._turns_of_reads.hold()
        self._host.stalled(self)
        self._read_if_free()

    def writing_resumed(self) -> None:
        """The client has read most of its output."""
        self._output.resume()
        self._host.drained(self)
        self._resume()

    def lost(self) -> None:
        """The connection is closed; what is in the store's queue still takes effect."""
        self.is_ending = True
        self._note_what_left()
        self._backlog.clear()
        self._turns_of_reads.hold()
        for task in self._tasks:
            task.cancel()
        self._host.services.forget(self.peer)
        self._host.forget(self)

    def _note_what_left(self) -> None:
        """What had left at the end: after an abort it is known, else the transport forgets it.

        Of a client that did not read its output, what had left at the last look is sure.
        """
        if not self._was_aborted and not self._output.is_stuck:
            self.peer.left_bytes = self._transport.written_bytes

    def stop(self) -> None:
        """Finishes what is in flight, answers what was read with 503, closes."""
        self._closes_when_done = True
        self._go_on_or_close()

    def abort(self, why: str) -> None:
        """Closes at once."""
        logger.info("%s closed: %s", self.peer.name, why)
        self.is_ending = True
        if not self._was_aborted:
            self._was_aborted = True
            transport = self._transport
            self.peer.left_bytes = transport.written_bytes - transport.unsent_bytes
        self._transport.abort()

    def _close_if_done(self) -> None:
        if self._closes_when_done and not self._in_flight and not self._backlog:
            self._output.send_ready()
            self._transport.close()

    def end_with(self, error: DeskcalError) -> None:
        """Sends the reason, and ends."""
        self._output.send(encode_error(NO_EXT_ID, error))
        self._end(error)

    def _end(self, error: DeskcalError | None) -> None:
        """Reads and drops input for a moment, so that the answer arrives; then closes."""
        self.is_ending = True
        self._backlog.clear()
        self._read_if_free()
        close = functools.partial(self._transport.close, error)
        self._host.loop.call_later(DRAIN_SEC, self._output.at_line_end, close)

    def watch(self, now: float) -> None:
        """Checks the clocks: a message without end, silence, a client that does not read."""
        limits = self._limits
        if not self._is_silent:
            self._is_silent = True
            self._received_at = now
        self._began_at = self._began_at or now
        is_silent = now - self._received_at > limits.idle_timeout_sec
        has_begun = self._has_partial and self._is_reading
        if self._output.is_stuck:
            if self._output.is_overdue(now):
                self.abort(f"read none of its output for {limits.write_timeout_sec} s")
        elif has_begun and now - self._began_at > limits.message_timeout_sec:
            self.abort(f"a message took more than {limits.message_timeout_sec} s")
        if self.peer.channels:
            if now - self._beat_at >= limits.heartbeat_sec and self._output.is_free:
                self._beat_at = now
                self._transport.beat()
        elif is_silent and not self._in_flight and not self._output.is_stuck:
            self.abort(f"idle for {limits.idle_timeout_sec} s")
