"""The JSON of the two texts that the protocol comes from, character by character."""

from typing import Any

ADD_REQUEST = """{
  "command": "MngAddCalendarEvent",
  "extID": "1",
  "data": {
    "brand": "default",
    "desk": "DESK_RETENTION",
    "owner_manager_id": 10,
    "title": "Retention sync",
    "type": 3,
    "priority": 1,
    "start_time": 1710000000,
    "end_time": 1710003600,
    "ast_json": {
      "type": "doc",
      "content": []
    },
    "participant_manager_ids": [10, 11, 12]
  }
}"""
"""Source: seed 001, "Request"."""

ADD_RESPONSE_DATA = """{
  "event": {
    "id": 1,
    "brand": "default",
    "desk": "DESK_RETENTION",
    "owner_manager_id": 10,
    "created_by": 10,
    "title": "Retention sync",
    "start_time": 1710000000,
    "end_time": 1710003600,
    "participants": [
      {
        "event_id": 1,
        "manager_id": 10,
        "role": 0,
        "status": 1
      }
    ]
  }
}"""
"""Source: seed 001, "Response Data"; shortened there."""

PARTICIPANT_IDS = """{
  "participant_manager_ids": [10, 11, 12]
}"""
"""Source: seed 000, "Participants"."""

PARTICIPANT_ROWS = """{
  "participants": [
    {
      "manager_id": 10,
      "role": 0,
      "status": 1,
      "created_time": 1710000000,
      "updated_time": 1710000000
    }
  ]
}"""
"""Source: seed 000, "Participants"."""

DESK_FILTERS = {
    "*": ["", "DESK_EU", "DESK_EU_TEST", "DESK_RETENTION"],
    "DESK_*": ["DESK_EU", "DESK_EU_TEST", "DESK_RETENTION"],
    "DESK_EU*,!DESK_EU_TEST": ["DESK_EU"],
}
"""Which of these desks each mask shows. Source: seed 000, "Desk Scope"."""


def as_line(text: str, token: str) -> bytes:
    """The message as written, but on one line, with a token at its end."""
    line = text.replace("\n", " ")
    return f'{line[:-1]},"__token":"{token}"}}\r\n'.encode()


def missing(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where `found` lacks something of the shortened example `wanted`."""
    if isinstance(wanted, dict):
        return [
            text
            for key, value in wanted.items()
            for text in (
                missing(value, found[key], f"{path}.{key}")
                if key in found
                else [f"{path}.{key} is missing"]
            )
        ]
    if isinstance(wanted, list):
        return [
            text
            for index, value in enumerate(wanted)
            for text in missing(value, found[index], f"{path}[{index}]")
        ]
    return [] if wanted == found else [f"{path} is {found!r}, not {wanted!r}"]
