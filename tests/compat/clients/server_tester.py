"""caldav-server-tester on a server that makes its calendars itself and holds events only.

The tester asks for a calendar of tasks to be made, and gives up all its checks where that is
refused; here it gets the calendar of events instead, which refuses the tasks. Its output is JSON.
"""

from caldav.collection import Principal
from caldav_server_tester.caldav_server_tester import check_server_compatibility

_make = Principal.make_calendar


def make_calendar(self, name=None, cal_id=None, *arguments, **named):
    """The only calendar for tasks; else as it was."""
    if cal_id and cal_id.endswith("_tasks"):
        return self.calendars()[0]
    return _make(self, name, cal_id, *arguments, **named)


Principal.make_calendar = make_calendar
check_server_compatibility()
