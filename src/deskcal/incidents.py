"""Faults in the log: an error that is none of ours under an id, and a fault that lasts, rarely."""

import logging
import time
import uuid
from collections.abc import Callable

from deskcal.errors import Internal

REPEAT_SEC = 60.0
"""Between two lines that say the same of a fault that lasts."""
QUIET_SEC = 10.0
"""Without a failure before a fault is over: what fails now and then is one fault."""
MOST_REASONS = 8
"""Different reasons of one fault that get a line at once."""

logger = logging.getLogger(__name__)


def incident_of(
    exc: BaseException, what: str = "a request", *, is_change: bool = False
) -> Internal:
    """The error for what raised no error of ours: logged with its traceback under a new id.

    `what` is for the log; `is_change`: nothing of it was applied. The answer has the id alone.
    """
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s in %s", incident, what, exc_info=exc)
    fault = "our fault, not applied" if is_change else "our fault"
    return Internal(
        f"{fault}; report incident {incident} to the administrator of this server",
        incident=incident,
    )


class LastingFault:
    """A fault of what is tried again and again: it does not fill the log while it lasts.

    There is a line when it begins, one for a further reason, one a minute with how often it has
    failed since the line before, and one when it is over.
    """

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never go back."""
        self._log = log
        self._clock = clock
        self._failures = 0
        self._unlogged = 0
        self._reasons: set[str] = set()
        self._text = ""
        self._begun = self._failed_at = self._logged_at = 0.0

    def failed(
        self,
        text: str,
        why: object,
        *,
        level: int = logging.ERROR,
        exc_info: BaseException | None = None,
    ) -> None:
        """A try has failed. The line is "text: why"; `exc_info`: with its traceback at first."""
        self._failed_at = self._clock()
        if not self._failures:
            self._begun, self._text = self._failed_at, text
        self._failures += 1
        self._unlogged += 1
        reason = str(why)
        if reason not in self._reasons and len(self._reasons) < MOST_REASONS:
            self._reasons.add(reason)
        elif self._failed_at - self._logged_at < REPEAT_SEC:
            return
        else:
            exc_info = None
        count = f" ({self._unlogged} times since the last line)" if self._unlogged > 1 else ""
        self._log.log(level, "%s: %s%s", text, reason, count, exc_info=exc_info)
        self._logged_at = self._failed_at
        self._unlogged = 0

    def succeeded(self) -> None:
        """A try has succeeded: call it each time."""
        if not self._failures or self._clock() - self._failed_at < QUIET_SEC:
            return
        self._log.info(
            "%s: over after %d s, failed %d times",
            self._text,
            self._failed_at - self._begun,
            self._failures,
        )
        self._failures = self._unlogged = 0
        self._reasons.clear()
