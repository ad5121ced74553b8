"""One row for each value, and the table of them. Measures nothing."""

import statistics
from collections.abc import Callable, Sequence

from msgspec import Struct


class Row(Struct, frozen=True):
    """What was measured, against what, and whether it is good enough."""

    what: str
    ours: str
    floor: str
    """What it is measured against; "" where the goal is an absolute one."""
    ratio: str
    goal: str
    """"": it is for comparison."""
    reached: bool


class Bound(Struct, frozen=True):
    """What a value must be: at least or at most so much."""

    value: float
    at_least: bool

    def holds(self, value: float) -> bool:
        """Whether `value` is good enough."""
        return value >= self.value if self.at_least else value <= self.value

    def shown(self, show: Callable[[float], str]) -> str:
        """For people: "at least 70 %"."""
        return f"{'at least' if self.at_least else 'at most'} {show(self.value)}"


def at_least(value: float) -> Bound:
    """A value that is to be that or more."""
    return Bound(value, True)


def at_most(value: float) -> Bound:
    """A value that is to be that or less."""
    return Bound(value, False)


def compared(
    what: str,
    ours: Sequence[float],
    floor: Sequence[float],
    goal: Bound | None,
    *,
    show: Callable[[float], str],
    show_ratio: Callable[[float], str],
) -> Row:
    """The row of values taken in turns: the median of the rounds' ratios, with least and most."""
    ratios = [mine / theirs for mine, theirs in zip(ours, floor, strict=True)]
    return _compared(what, (ours, floor), ratios, goal, show=show, show_ratio=show_ratio)


def faster(
    what: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    goal: Bound,
    *,
    show: Callable[[float], str],
) -> Row:
    """The row of times taken in turns: how many times as long the other took."""
    ratios = [other / mine for mine, other in zip(ours, theirs, strict=True)]
    return _compared(what, (ours, theirs), ratios, goal, show=show, show_ratio=multiple)


def _compared(
    what: str,
    values: tuple[Sequence[float], Sequence[float]],
    ratios: Sequence[float],
    goal: Bound | None,
    *,
    show: Callable[[float], str],
    show_ratio: Callable[[float], str],
) -> Row:
    ours, floor = values
    ratio = statistics.median(ratios)
    return Row(
        what,
        show(statistics.median(ours)),
        show(statistics.median(floor)),
        f"{show_ratio(ratio)} ({show_ratio(min(ratios))} .. {show_ratio(max(ratios))})",
        goal.shown(show_ratio) if goal else "",
        goal is None or goal.holds(ratio),
    )


def absolute(
    what: str, values: Sequence[float], goal: Bound | None, *, show: Callable[[float], str]
) -> Row:
    """The row of a value with a goal of its own: the median of the rounds, with least and most."""
    value = statistics.median(values)
    spread = f" ({show(min(values))} .. {show(max(values))})" if len(values) > 1 else ""
    wanted = goal.shown(show) if goal else ""
    return Row(what, show(value) + spread, "", "", wanted, goal is None or goal.holds(value))


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    head = ("measured", "deskcal", "against", "ratio, median (least .. most)", "goal", "reached")
    lines = [head, tuple("-" * len(name) for name in head)]
    lines += [(r.what, r.ours, r.floor, r.ratio, r.goal, _verdict(r)) for r in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def _verdict(row: Row) -> str:
    if not row.goal:
        return ""
    return "yes" if row.reached else "**no**"


def per_sec(value: float) -> str:
    """A rate: 12,345/s."""
    return f"{value:,.0f}/s"


def percent(value: float) -> str:
    """A share: 71 %."""
    return f"{value * 100:.0f} %"


def times(value: float) -> str:
    """A multiple: 1.3 x."""
    return f"{value:.2f} x"


def multiple(value: float) -> str:
    """A large multiple: 12 x."""
    return f"{value:.3g} x"


def millis(seconds: float) -> str:
    """A time: 1.23 ms."""
    return f"{seconds * 1000:.3g} ms"


def micros(seconds: float) -> str:
    """A short time: 12.3 us."""
    return f"{seconds * 1e6:.1f} us"


def secs(seconds: float) -> str:
    """A longer time: 1.2 s."""
    return f"{seconds:.2f} s"


def duration(seconds: float) -> str:
    """A time, long or short: 1.2 s, 3.4 ms."""
    return secs(seconds) if seconds >= 1 else millis(seconds)


def mib(size: float) -> str:
    """An amount of memory: 120 MiB."""
    return f"{size / 2**20:.0f} MiB"
