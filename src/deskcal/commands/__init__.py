"""The commands: their table, and the one way in, `answer(frame)`."""

from deskcal.commands import changes, directory, events, feed, reminders, scheduling
from deskcal.commands.dispatch import COMMANDS, Context, Data, Later, answer, finish
from deskcal.live.connections import Peer

__all__ = [
    "COMMANDS",
    "Context",
    "Data",
    "Later",
    "Peer",
    "answer",
    "changes",
    "directory",
    "events",
    "feed",
    "finish",
    "reminders",
    "scheduling",
]
