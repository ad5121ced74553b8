"""What raised no error of ours: logged under an id, which alone is in the answer."""

import logging
import uuid

from deskcal.errors import Internal

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
