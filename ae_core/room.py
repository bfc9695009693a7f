"""Whose things go where room is short: one rule for stored runs and for uploads.

Room is one's own. Everybody may have so many things and so many bytes; beyond that, one's own oldest goes. Where all
together take too much, whoever takes most gives the oldest first. What is in use stays, whosever it is.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Thing:
    """Something that takes room.

    Args:
        id: Its name.
        owner: Whose it is, a fingerprint; None for the host's own, which has no bound of its own.
        size: Bytes that it takes.
        at: Since when it is kept: the smallest goes first.
        free: Whether it may go: it is not pinned, waited for or in use.
    """

    id: str
    owner: str | None
    size: int
    at: float
    free: bool = True


@dataclass(frozen=True)
class Bounds:
    """How much there may be.

    Args:
        total: Bytes of all things together.
        owner: Bytes of one owner's things.
        count: How many things of one owner.
    """

    total: float
    owner: float
    count: float

    def part(self, share: float) -> "Bounds":
        """A share of each."""
        return Bounds(share * self.total, share * self.owner, share * self.count)


@dataclass
class _Owned:
    """What one owner has; of what may go the oldest in front."""

    size: int = 0
    count: int = 0
    free: deque[Thing] = field(default_factory=deque)

    def give(self) -> Thing:
        one = self.free.popleft()
        self.size -= one.size
        self.count -= 1
        return one


def leaving(things: Iterable[Thing], bounds: Bounds) -> Iterator[Thing]:
    """The things that have to go until the others fit, in this order; fewer if too much of it may not go."""
    owners: dict[str | None, _Owned] = {}
    for one in sorted(things, key=lambda one: one.at):
        owned = owners.setdefault(one.owner, _Owned())
        owned.size += one.size
        owned.count += 1
        if one.free:
            owned.free.append(one)
    for owner, owned in owners.items():
        while owner is not None and owned.free and (owned.size > bounds.owner or owned.count > bounds.count):
            yield owned.give()
    while sum(owned.size for owned in owners.values()) > bounds.total:
        giving = [owned for owned in owners.values() if owned.free]
        if not giving:
            return
        yield max(giving, key=lambda owned: owned.size).give()


def overfull(things: Iterable[Thing], bounds: Bounds, owner: str | None, size: int) -> bool:
    """Whether what may not go leaves no room for one more thing of that owner and size."""
    fixed = [one for one in things if not one.free]
    own = [one for one in fixed if one.owner == owner and owner is not None]
    if own and (len(own) + 1 > bounds.count or sum(one.size for one in own) + size > bounds.owner):
        return True
    return bool(fixed) and sum(one.size for one in fixed) + size > bounds.total
