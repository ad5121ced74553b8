"""What fields and answers mean, for the generated docs, and the order of commands. Texts only.

A field is explained once for all commands that have it (`MEANINGS`), or for one (`OF_COMMAND`).
"""

from deskcal.commands.filters import MAX_MANAGERS as MAX_OF_FILTER
from deskcal.commands.scheduling import MAX_MANAGERS
from deskcal.core.document import MAX_AST_BYTES, MAX_DEPTH
from deskcal.core.event import (
    MAX_CODE,
    MAX_LOCATION,
    MAX_OUTCOME_NOTE,
    MAX_PARTICIPANTS,
    MAX_TITLE,
)
from deskcal.limits import DEFAULT_LIMITS

_CODE = f"at most {MAX_CODE} characters, none of `,` `*` `!`, no control characters"
_HORIZON = (
    "; with `horizon` where a series goes on within the range: from that time on the answer may be "
    "incomplete"
)
_EVENT = '`{"event":{...}}`, the whole event'
_SERIES = '`"series":{...}`'
_CHANGED = (
    f'also {_SERIES}, null where nothing is left of it, and `"changed":n`, the number of changes'
)

ORDER = (
    *("MngAddCalendarEvent", "MngUpdateCalendarEvent", "MngDeleteCalendarEvent"),
    *("MngArchiveCalendarEvent", "MngCompleteCalendarEvent", "MngRespondCalendarEvent"),
    *("MngGetCalendarEvent", "MngGetCalendarEventsByFilter", "MngSearchCalendarEvents"),
    *("MngGetCalendarSummary", "MngGetCalendarSeries", "MngGetCalendarEventHistory"),
    *("MngGetCalendarChanges", "Subscribe", "Unsubscribe", "Ping"),
    *("MngGetCalendarReminders", "MngAckCalendarReminder", "MngSnoozeCalendarReminder"),
    *("MngGetCalendarFreeBusy", "MngFindCalendarSlots"),
    *("MngClaimNextCalendarEvent", "MngReleaseCalendarEvent", "MngGetCalendarDirectory"),
    *("MngBatchCalendarEvents", "MngUndoCalendarBatch", "MngHandoverCalendarEvents"),
    *("MngGetCalendarTrash", "MngRestoreCalendarEvent"),
    *("MngImportCalendarEvents", "MngExportCalendarEvents"),
    *("MngAddCalendarDevice", "MngGetCalendarDevices", "MngDeleteCalendarDevice"),
    *("MngAddCalendarWebhook", "MngUpdateCalendarWebhook", "MngDeleteCalendarWebhook"),
    *("MngGetCalendarWebhooks", "MngGetCalendarWebhookDeliveries"),
    *("MngReplayCalendarWebhook", "MngTestCalendarWebhook"),
)
"""Every command, in the order of the page: single events first, then by subject."""

LIMITS = {
    "title": f"1 .. {MAX_TITLE} characters, trimmed",
    "brand": _CODE,
    "desk": f"{_CODE}; trimmed, put in upper case",
    "ast_json": f"at most {MAX_AST_BYTES // 1024} KiB, {MAX_DEPTH} levels deep",
    "start_time": "1 .. the year 9999",
    "end_time": "`start_time` .. the year 9999",
    "timezone": "a name of the IANA database",
    "all_day": "0 no, 1 yes",
    "location": f"0 .. {MAX_LOCATION} characters, trimmed",
    "show_as": "0 busy, 1 free",
    "customer_timezone": "a name of the IANA database",
    "pool_after_sec": "at least 0",
    "outcome": f"0 .. {MAX_CODE} characters, no control characters",
    "outcome_note": f"0 .. {MAX_OUTCOME_NOTE} characters",
    "remind_before_sec": "at least 0",
    "participants": f"at most {MAX_PARTICIPANTS}, each manager once",
    "participant_manager_ids": f"at most {MAX_PARTICIPANTS}, each at least 1",
    "manager_ids": f"1 .. {MAX_MANAGERS} ids, each at least 1",
    "duration_sec": "at least 1",
    "deskFilter": f"at most {DEFAULT_LIMITS.max_mask_bytes} bytes, "
    f"{DEFAULT_LIMITS.max_mask_patterns} patterns",
}
"""Of fields whose rules the type alone does not tell."""

MEANINGS = {
    "overdue": "1: open events that are over",
    "id": "the event",
    "brand": "brand namespace; compared exactly",
    "desk": "CRM desk code, such as `DESK_RETENTION`; empty: a personal event",
    "owner_manager_id": "organizer, main assignee; always the first participant",
    "created_by": "manager who created it",
    "updated_by": "manager who changed it last; 0: never changed",
    "type": "what kind of action is planned",
    "status": "2 is how an event is cancelled",
    "priority": "higher is more urgent",
    "title": "what the calendar shows",
    "ast_json": "the visible text; comes back as it was sent",
    "start_time": "start",
    "end_time": "end; the first second that is no longer part of it",
    "all_day": "a run of calendar dates, read in `timezone`",
    "timezone": (
        'IANA zone of all-day dates, and of the wall clock of a series; `""`: the '
        "`default_timezone` of the server"
    ),
    "remind_time": "when to remind; 0: none",
    "remind_before_sec": "or so many seconds before the start; 0: none",
    "reminder_sent_time": "when the reminder was fired; 0: not yet",
    "customer_id": "linked customer; 0: none",
    "lead_id": "linked lead; 0: none",
    "login": "linked trading account; 0: none",
    "created_time": "when it was created",
    "updated_time": "when it was changed last",
    "version": "one more with every change",
    "location": 'where it takes place; `""`: not said',
    "show_as": "0 busy, 1 free; absent: free for an all-day task, reminder or deadline, else busy",
    "customer_timezone": 'IANA zone of the customer, for calling hours; `""`: not known',
    "pool_after_sec": "so long after the start anyone of the desk may claim it; 0: never",
    "follows_id": "the event that this one follows up; 0: none",
    "follow_up_id": "the event that follows this one up; 0: none",
    "outcome": "code of an outcome of the directory",
    "outcome_note": "what was agreed, in words",
    "claimed_by": "manager who works on it; 0: nobody",
    "claim_until": "when the claim ends",
    "series_id": "the series that it is an occurrence of; 0: none",
    "original_start_time": "start that the rule of the series gave it",
    "own_fields": "names of the fields that were changed on this occurrence alone",
    "participants": "who takes part; goes before `participant_manager_ids`",
    "participant_manager_ids": "who takes part, by id",
    "if_version": "change the event only if this is its `version`; else 409",
    "idempotency_key": "sent again with the same data within a day: the first answer again",
    "deskFilter": "[desk mask](#desk-masks)",
    "manager_id": "owner, creator or participant; 0: any",
    "limit": "rows at most",
    "offset": "rows to skip",
    "from": "start of the range",
    "to": "end of the range, after `from`; not part of it",
    "chanels": "names of [channels](#pushed-messages); this key or the next is needed",
    "channels": "the same, spelled so",
    "since": "a cursor: only what came after it",
    "manager_ids": "whose times; each manager counts once",
    "duration_sec": "length of a slot",
    "step_sec": "seconds between two times that are looked at; default 900",
    "hours": (
        '`{"start":"09:00","end":"18:00","timezone":"Europe/Nicosia","weekdays":[1,2,3,4,5]}`: '
        "a slot lies within these hours of these days (1 is Monday), by the clock of that zone; "
        "all four keys are required; absent: at any time"
    ),
    "exclude_event_id": "an event that the session sees, which does not count",
    "ics": "an iCalendar file (RFC 5545)",
    "reset_answers": "1: every answer but the owner's goes back to 0 invited; default 0",
    "need": '`"all"`: all of the managers have to be free, `"any"`: one of them; default `"all"`',
    "before": "`next` of the page before; absent: the last deleted first",
    "q": "words, each of which must be in the event, at most 16; see [Search](#search)",
    "operations": (
        '`[{"command","data"}]`; `"id":"$0"` is the event that operation 0 creates; see '
        "[which commands](#batches-undo-and-handover)"
    ),
    "atomic": "1: all or none, the first failure is the answer; 0: each for itself; default 1",
    "batch_id": "the batch, as its changes name it",
    "from_manager_id": "whose events go to others",
    "to_manager_ids": "who gets them",
    "roles": '`["owner","participant"]`, the default: which of the events are meant',
    "mode": "`first`, the default: all to the first; `spread`: each to a manager who is free then",
    "dry_run": "1, the default: only a preview; 0: the handover itself",
    "digest": "of the preview; required where `dry_run` is 0",
    "recurrence": (
        '`{"rrule":"FREQ=WEEKLY;BYDAY=MO","exdates":["2026-12-25"]}`: the event is the first of a '
        "[series](#series)"
    ),
    "scope": "of a [series](#series): 0 this one, the default; 1 this and following; 2 all",
    "reset_own": "with `scope` 1, 2: 1 overwrites the own values of the fields that are sent",
    "token": "the reminder's own token, the fourth element of its message",
}
"""By field."""

OF_FILTER = {
    **dict.fromkeys(("customer_id", "lead_id", "login", "series_id"), "equal; 0: any"),
    **dict.fromkeys(("follows_id", "owner_manager_id"), "equal; 0: any"),
    **dict.fromkeys(("status", "type", "priority"), "equal, or one of these"),
    **dict.fromkeys(("brand", "outcome"), "equal; absent or empty: any"),
    "manager_ids": (
        f"one of these, at most {MAX_OF_FILTER}, is owner, creator or participant; empty: any"
    ),
}
"""By field, in the commands whose data are filters of events."""

OF_COMMAND = {
    ("MngGetCalendarSummary", "group_by"): "`day` of the start, `manager` (the owner), `desk`, "
    "`type` or `outcome`",
    ("MngGetCalendarSummary", "timezone"): "whose days; the server's default_timezone if absent",
    ("MngClaimNextCalendarEvent", "deskFilter"): "desk mask; required unless `id` is sent",
    ("MngClaimNextCalendarEvent", "types"): "2 call, 4 follow-up; both by default",
    ("MngClaimNextCalendarEvent", "pool"): "0: own events only; default 1",
    ("MngClaimNextCalendarEvent", "lease_sec"): "how long the claim lasts; default 300",
    ("MngClaimNextCalendarEvent", "brand"): "equal; absent or empty: any",
    ("MngClaimNextCalendarEvent", "id"): "claim this event, whatever the filters say",
    ("MngCompleteCalendarEvent", "outcome"): "code of an outcome of the directory; kept if absent",
    ("MngCompleteCalendarEvent", "follow_up"): (
        "the event that is to follow: exactly one of `start_time` and `in_sec` (the outcome's "
        "`next_in_sec` where neither is sent); `duration_sec`, `title` and `owner_manager_id`, "
        "else those of the event; `type`, else 4; `remind_before_sec`; `customer_hours` 1: at the "
        "next minute at which the customer may be called"
    ),
    ("MngUpdateCalendarEvent", "created_by"): "ignored: the creator stays",
    ("MngUpdateCalendarEvent", "recurrence"): (
        "another rule, with `scope` 1 or 2; null ends the rule and keeps the named one; on an "
        "event of no series: it becomes the first of one"
    ),
    ("MngCompleteCalendarEvent", "scope"): "0; occurrences are done one by one",
    ("MngGetCalendarSeries", "id"): "any occurrence; this key or the next",
    ("MngGetCalendarSeries", "series_id"): "the series itself",
    ("MngRespondCalendarEvent", "status"): "1 accepted, 2 declined, 3 tentative",
    ("MngGetCalendarChanges", "since"): "`next` of the answer before; absent: only the cursor",
    ("MngGetCalendarChanges", "limit"): "changes at most; default 1000",
    ("MngGetCalendarEventHistory", "limit"): "changes at most; default 1000",
    (
        "MngGetCalendarEventHistory",
        "since",
    ): "`next` of the answer before; absent: the oldest that is kept",
    ("MngGetCalendarDirectory", "brand"): "equal; absent or empty: any",
    ("MngFindCalendarSlots", "to"): "end of the range; no slot ends later",
    ("MngExportCalendarEvents", "manager_id"): "whose calendar; 0 or absent: the session's",
    ("MngExportCalendarEvents", "deskFilter"): "all events of these desks instead of a calendar",
    ("MngExportCalendarEvents", "from"): "only what overlaps [from, to); a series is whole",
    ("MngExportCalendarEvents", "to"): "absent: no end",
    ("MngImportCalendarEvents", "owner_manager_id"): "whose events they become; 0: the session's",
    ("MngImportCalendarEvents", "dry_run"): "1: only answers what would be done; default 0",
    ("MngImportCalendarEvents", "brand"): "of the events; absent: `default`",
    ("MngImportCalendarEvents", "desk"): "of the events; absent: none",
    ("MngFindCalendarSlots", "limit"): "slots at most; default 10",
    ("Subscribe", "since"): "a cursor: what changed after it is pushed first",
    ("MngGetCalendarReminders", "state"): "`unread` or `missed`; absent: these and the read ones",
    (
        "MngHandoverCalendarEvents",
        "from",
    ): "only events that overlap the range; absent: from now on",
    ("MngHandoverCalendarEvents", "to"): "end of the range, after `from`; absent: any",
    (
        "MngHandoverCalendarEvents",
        "limit",
    ): "events of each manager that a preview shows at most, those with a conflict first",
    ("MngSearchCalendarEvents", "limit"): "rows at most; default 50",
    ("MngSearchCalendarEvents", "after"): "`next` of the page before; absent: the first page",
    ("MngSearchCalendarEvents", "from"): "only events that overlap the range; absent: any",
    ("MngSearchCalendarEvents", "to"): "end of the range, after `from`; absent: any",
    ("MngGetCalendarReminders", "limit"): "reminders at most; default 100",
    ("MngGetCalendarReminders", "after"): "`next` of the page before; absent: the newest",
    ("MngAddCalendarDevice", "name"): "what the manager calls the device",
    ("MngAddCalendarDevice", "brand"): (
        "of what the device creates; absent: `default`, or the only one in scope"
    ),
    ("MngDeleteCalendarDevice", "id"): "the device",
    ("MngAddCalendarWebhook", "url"): "where to send: https, or http where the setting allows it",
    ("MngAddCalendarWebhook", "brand"): "equal; absent: any that its creator may see",
    ("MngAddCalendarWebhook", "types"): "change types, as pushed messages number them; default all",
    ("MngAddCalendarWebhook", "reminders"): "1: reminders and escalations are sent, too",
    ("MngUpdateCalendarWebhook", "id"): "the webhook",
    ("MngUpdateCalendarWebhook", "url"): "as on add; null or absent: as it is, here and below",
    ("MngUpdateCalendarWebhook", "brand"): 'as on add; `""`: any',
    ("MngUpdateCalendarWebhook", "types"): "as on add",
    ("MngUpdateCalendarWebhook", "reminders"): "as on add",
    ("MngUpdateCalendarWebhook", "paused"): "1: nothing is sent; 0: it goes on where it stood",
    ("MngUpdateCalendarWebhook", "new_secret"): "1: a new secret; the old one signs too for a day",
    ("MngDeleteCalendarWebhook", "id"): "the webhook",
    ("MngGetCalendarWebhookDeliveries", "id"): "the webhook",
    ("MngGetCalendarWebhookDeliveries", "after"): "`next` of the page before; absent: the newest",
    ("MngReplayCalendarWebhook", "id"): "the webhook",
    ("MngReplayCalendarWebhook", "since"): "a cursor: all changes after it are sent again",
    ("MngTestCalendarWebhook", "id"): "the webhook",
    ("MngSnoozeCalendarReminder", "until"): "when to have it again; in the future",
}
"""By command and field, where the meaning is another one."""
LIMITED = {
    ("MngCompleteCalendarEvent", "outcome"),
    ("MngImportCalendarEvents", "brand"),
    ("MngImportCalendarEvents", "desk"),
    ("MngAddCalendarDevice", "brand"),
}
"""Of these, the fields with the limits that events have."""

ANSWERS = {
    "MngAddCalendarEvent": (
        f'{_EVENT}; with `recurrence` the first one, also {_SERIES} and `"occurrences":n`'
    ),
    "MngUpdateCalendarEvent": f"{_EVENT}; with `recurrence` or `scope` 1, 2 {_CHANGED}",
    "MngArchiveCalendarEvent": f"{_EVENT}; with `scope` 1, 2 {_CHANGED}",
    "MngRespondCalendarEvent": f"{_EVENT}; with `scope` 1, 2 {_CHANGED}",
    **dict.fromkeys(
        ("MngGetCalendarEvent", "MngReleaseCalendarEvent", "MngRestoreCalendarEvent"), _EVENT
    ),
    "Ping": '`{"time":1710000000}`, the server\'s clock',
    "MngGetCalendarSummary": (
        '`{"groups":[{"key","open","done","cancelled","overdue","oldest_overdue_sec","on_time"}]}`'
        ", by key; what is archived is left out"
    ),
    "MngClaimNextCalendarEvent": (
        '`{"event":{...}}`, or `{"event":null,"reason":"NONE_DUE","retry_after_sec":60}` with the '
        "reason NONE_DUE, OUTSIDE_HOURS, COOLDOWN or ALL_CLAIMED"
    ),
    "MngCompleteCalendarEvent": (
        '`{"event":{...},"follow_up":{...}}`, `follow_up` null where none follows'
    ),
    "MngDeleteCalendarEvent": '`{"id":1}`; with `scope` 1, 2 also `"ids":[...]` of all that went',
    "MngGetCalendarSeries": (
        '`{"series":{"series_id","rrule","exdates","timezone","start_time","duration_sec",'
        '"horizon","version","own":[ids]}}`'
    ),
    "MngBatchCalendarEvents": (
        '`{"results":[{"status","data"}],"batch_id":n}`, a failure with `error` for `data`'
    ),
    "MngGetCalendarTrash": (
        '`{"rows":[{"event","deleted_time","deleted_by"}],"next":cursor or null}`'
    ),
    "MngSearchCalendarEvents": '`{"rows":[full events],"next":cursor or null}`, newest first',
    "MngUndoCalendarBatch": (
        '`{"undone":n,"left":[ids],"batch_id":n}`: `left` was changed since and stays'
    ),
    "MngHandoverCalendarEvents": (
        '`{"count":n,"by_manager":[{"manager_id","count","conflicts"}],"digest":"...","batch_id":n}`'
        ", with `events` of each manager where `limit` is sent"
    ),
    "MngGetCalendarEventsByFilter": f'`{{"rows":[full events],"count":n}}`{_HORIZON}',
    "Subscribe": '`{"chanels":[...]}`, all that are now subscribed',
    "Unsubscribe": '`{"chanels":[...]}`, those that are left',
    "MngGetCalendarChanges": (
        '`{"changes":[{"seq","type","time","actor","batch_id","id","event"}],"next":seq,"more":0|1}`'
    ),
    "MngGetCalendarEventHistory": (
        '`{"history":[{"seq","type","time","actor","batch_id","changed":{field:[old,new]}}],'
        '"next":seq,"more":0|1}`'
    ),
    "MngGetCalendarDirectory": (
        '`{"managers":[...],"desks":[...],"outcomes":[...],"default_timezone":"UTC",'
        '"others_may_change":0|1,"trash_retention_sec":7776000,"calling_hours":{brand:{...}},'
        '"outcome_required_types":[...]}`, '
        "names for ids and codes, and the settings that a page shows"
    ),
    "MngGetCalendarFreeBusy": (
        '`{"managers":[{"manager_id","busy":[[start,end],...],"tentative":[...]}]}`, '
        f"in order, none overlapping{_HORIZON}"
    ),
    "MngFindCalendarSlots": (
        f'`{{"slots":[{{"start_time","end_time","busy":[ids]}}]}}`, the earliest first{_HORIZON}'
    ),
    "MngAddCalendarDevice": (
        '`{"device":{"id","name","created_time","last_used_time"},"password":"..."}`, '
        "the password this once"
    ),
    "MngGetCalendarDevices": '`{"devices":[...]}`, by id; `last_used_time` 0: never used',
    "MngDeleteCalendarDevice": '`{"id":1}`',
    "MngAddCalendarWebhook": '`{"webhook":{...},"secret":"whsec_..."}`, the secret this once',
    "MngUpdateCalendarWebhook": '`{"webhook":{...}}`, with `secret` where it is new',
    "MngDeleteCalendarWebhook": '`{"id":1}`',
    "MngGetCalendarWebhooks": '`{"webhooks":[...]}`, by id',
    "MngGetCalendarWebhookDeliveries": (
        '`{"deliveries":[{"seq","time","status","took_ms","try"}],"next":number or null}`; '
        "`status` 0: there was no answer"
    ),
    "MngReplayCalendarWebhook": '`{"webhook":{...}}`',
    "MngTestCalendarWebhook": (
        '`{"delivery":{"seq","time","status","took_ms","try"}}`, with `reason` where there was '
        "no answer"
    ),
    "MngGetCalendarReminders": (
        '`{"reminders":[{"token","event","due","fired","state"}],"next":cursor or null}`, '
        "`state` is unread, read or missed"
    ),
    "MngExportCalendarEvents": '`{"ics":text,"count":n}`, `count` of its events and series',
    "MngImportCalendarEvents": (
        '`{"created":n,"updated":n,"unchanged":n,"skipped":[{"uid","why"}],"skipped_count":n}`, '
        "counted by UID; `skipped` has the first 1,000, `skipped_count` says how many there are"
    ),
    "MngAckCalendarReminder": '`{"token":"..."}`',
    "MngSnoozeCalendarReminder": '`{"token":"...","until":time}`, the token of the later one',
}
"""Data of the answer, by command."""

ON_CREATE = {
    "id": "assigned, never used again",
    "owner_manager_id": "0 or absent: `created_by`",
    "created_by": "0 or absent: manager of the token",
    "updated_by": "0",
    "ast_json": "null",
    "reminder_sent_time": "0",
    "created_time": "now",
    "updated_time": "now",
    "participants": "the owner",
}
"""Where the default is not simply a value."""

OF_PARTICIPANT = {
    "event_id": "the event",
    "manager_id": "who",
    "role": "0 organizer, 1 required, 2 optional; absent: 1, the owner's is 0",
    "status": "0 invited, 1 accepted, 2 declined, 3 tentative; absent: 0, the owner's is 1",
    "created_time": "when the row was made",
    "updated_time": "when role or status changed last",
}
"""By field of a participant's row."""
