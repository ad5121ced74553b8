"""The commands: their table, and the one way in, `answer(frame)`."""

from deskcal.commands import events, feed
from deskcal.commands.dispatch import COMMANDS, Context, Data, Later, Peer, answer, finish

__all__ = ["COMMANDS", "Context", "Data", "Later", "Peer", "answer", "events", "feed", "finish"]
