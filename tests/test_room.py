"""Whose things go where room is short."""

from ae_core.room import Bounds, Thing, leaving, overfull


def things(owner, *sizes, at=0, free=True):
    return [Thing(f"{owner}{place}", owner, size, at + place, free) for place, size in enumerate(sizes)]


def ids(found):
    return [one.id for one in found]


def test_who_takes_most_gives_the_oldest_first():
    old, eater = things("a", 10, 10), things("b", 30, 30, 30, at=100)
    assert ids(leaving(old + eater, Bounds(total=100, owner=200, count=9))) == ["b0"]
    assert ids(leaving(old + eater, Bounds(total=60, owner=200, count=9))) == ["b0", "b1"]
    assert ids(leaving(old + eater, Bounds(total=30, owner=200, count=9))) == ["b0", "b1", "b2"]
    assert ids(leaving(old + eater, Bounds(total=15, owner=200, count=9))) == ["b0", "b1", "b2", "a0"]


def test_beyond_one_s_own_bounds_one_s_own_go():
    mine, yours = things("a", 10, 10), things("b", 10, 10, 10, at=-100)
    assert ids(leaving(mine + yours, Bounds(total=1000, owner=20, count=9))) == ["b0"]
    assert ids(leaving(mine + yours, Bounds(total=1000, owner=99, count=1))) in (["a0", "b0", "b1"], ["b0", "b1", "a0"])
    assert not list(leaving(things(None, *[10] * 20), Bounds(total=1000, owner=20, count=1))), "the host has no bound"


def test_what_is_in_use_stays_whosever_it_is():
    used, rest = things("b", 90, free=False), things("a", 10, at=9)
    assert ids(leaving(used + rest, Bounds(total=50, owner=50, count=9))) == ["a0"]
    assert overfull(used, Bounds(total=100, owner=1000, count=9), "a", 20)
    assert not overfull(used, Bounds(total=120, owner=1000, count=9), "a", 20)
    assert overfull(used, Bounds(total=1000, owner=100, count=9), "b", 20)
    assert overfull(used, Bounds(total=1000, owner=1000, count=1), "b", 0)
    assert not overfull(used, Bounds(total=1000, owner=100, count=1), "a", 20)
