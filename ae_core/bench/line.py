"""What a measurement says: a number, what it is held against, and whether that is enough."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Goal:
    """What must be reached.

    Args:
        limit: The number.
        at_least: Whether more is better; else less is.
    """

    limit: float
    at_least: bool

    def reached(self, value: float) -> bool:
        """Whether a value is enough."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Args:
        name: Short, without spaces.
        what: What was measured.
        against: What it is held against; empty if it stands by itself.
        value: The number; None if it could not be measured.
        unit: `×`, `%`, `s`, `MB`, or nothing for a share.
        goal: What must be reached, if anything must.
        remark: A few words, such as both rates behind a ratio, or why there is no number.
        details: Plain values behind the number: every round, warm-up and compilation.
    """

    name: str
    what: str
    against: str = ""
    value: float | None = None
    unit: str = ""
    goal: Goal | None = None
    remark: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether it is enough; None where nothing was measured or nothing must be reached."""
        return None if self.value is None or self.goal is None else self.goal.reached(self.value)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        goal = {"limit": self.goal.limit, "at_least": self.goal.at_least} if self.goal is not None else None
        names = ("name", "what", "against", "value", "unit", "remark", "details")
        return {name: getattr(self, name) for name in names} | {"goal": goal, "reached": self.reached}
