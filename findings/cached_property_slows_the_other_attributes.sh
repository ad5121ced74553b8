#!/bin/sh
# Python 3.11: once a functools.cached_property of an instance was read, all its other attributes are slower. The value
# is put into instance.__dict__, which makes a dict of an instance that had none; the interpreter's quick instructions
# LOAD_ATTR_INSTANCE_VALUE and STORE_ATTR_INSTANCE_VALUE are for instances without one, and those for instances with a
# dict do not take one with shared keys. So each `self.name` is a look-up by name, for as long as the instance lives. A
# property that keeps its value in a usual attribute does not have this effect, nor does __slots__. The manual of 3.11
# says that the decorator interferes with key-sharing dictionaries and that these may take more space, not that anything
# takes longer. Seen where a server's object of a connection had two of them: 31,900 instructions for a request, 27,100
# without.
# deskcal's sessions have none; a test holds it.
#
# Guess: only the cached value is read from the dict. Seen: of eight reads of usual attributes in a method eight are
# LOAD_ATTR_INSTANCE_VALUE before, none is quick after the cached value was read; the method takes 1.5 times as long.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >attributes.py <<'PYTHON'
import dis
import functools
import sys
import timeit


def made():
    """A class of its own for each case, so that none meets the instructions of another."""

    class Session:
        def __init__(self):
            self.a = self.b = self.c = self.d = 1
            self.kept = None

        @functools.cached_property
        def cached(self):
            return 1

        @property
        def usual(self):
            if self.kept is None:
                self.kept = 1
            return self.kept

        def total(self):
            return self.a + self.b + self.c + self.d + self.a + self.b + self.c + self.d

    return Session()


def measured(name):
    """Quick reads of attributes in `total`, and how long it takes, once `name` was read."""
    session = made()
    if name:
        getattr(session, name)
    took = min(timeit.repeat(session.total, number=200_000, repeat=5))
    code = dis.get_instructions(type(session).total, adaptive=True)
    return sum(one.opname == "LOAD_ATTR_INSTANCE_VALUE" for one in code), took


print(f"Python {sys.version.split()[0]}")
before, usual, cached = measured(""), measured("usual"), measured("cached")
for what, (quick, took) in {"nothing": before, "a property": usual, "a cached_property": cached}.items():
    print(f"after {what} was read: {quick} of 8 attributes are read quickly, {took / before[1]:.2f} x the time")
if [quick for quick, _ in (before, usual, cached)] != [8, 8, 0]:
    sys.exit("the behaviour has changed")
PYTHON
python3 attributes.py
