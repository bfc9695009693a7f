"""A worker that has grown is replaced by a fresh one.

TensorFlow keeps every program that XLA has compiled, with the graphs it came from, for as long as the process lives:
some 10 MB for an architecture of dense layers, 250 for transformers when XLA compiled them too. Of 41 MB that five
dense architectures left behind, 24 were the Python call stacks of their operations. TensorFlow offers no way to free
them, so the process has to end.
"""

import logging
import math
import threading
import time
from collections.abc import Container

from ae_core.engine import worker
from ae_core.engine.pool import WorkerPool
from ae_core.engine.processes import Processes

logger = logging.getLogger(__name__)

GROWTH = 350e6  # bytes beyond what an idle worker had when it was loaded: replacing it disturbs no training
ROOM_SHARE = 1 / 3  # of the room that a loaded worker has: the same where memory is short, as the next run needs room
MOST_GROWTH = 600e6  # the same for a worker that trains; each variant trained once, as its form opens, takes about 735
FRESH = 0.9e9  # bytes to allow for a fresh worker beside an old one: it takes 0.83 when it is warm
SHARE = 0.8  # of the machine's memory that all workers may take, the fresh one among them
PATIENCE = 300.0  # seconds in which a fresh worker must become ready
REST = 30.0  # seconds between the beginnings of two renewals


class Renewal:
    """Renews the workers on this machine, one at a time.

    A fresh worker is warmed up beside the old one, which goes on working, and replaces it when it is ready. On a
    machine without the memory for both, the old one ends first, between two trainings.
    """

    def __init__(self) -> None:
        self._old: tuple[str, str] | None = None  # address and name
        self._fresh: str | None = None  # name
        self._offer: _Offer | None = None  # to the fresh one, while it is asked to take the trainings
        self._offered = False  # whether it takes them already
        self._begun = -math.inf

    def tick(self, pool: WorkerPool, processes: Processes, busy: Container[str | None]) -> None:
        """Begins a renewal, or takes the next step of one. The engine's thread calls it between `look` and `dispatch`.

        Args:
            pool: The workers.
            processes: Their processes.
            busy: Addresses of the workers that have jobs; None stands for a job that no worker has begun yet.
        """
        if self._old is None:
            self._begin(pool, processes, busy)
        if self._old is None:
            return
        address, name = self._old
        if self._fresh is not None and not self._offered:
            self._hand_over(pool, processes, address)
        elif not _is_busy(address, busy) and not any(pool.client.processing(workers=[address]).values()):
            logger.info("The worker %s has grown and ends.", name)
            processes.end(name)
            self._old = self._fresh = pool.expected = None
            pool.recount()

    def _begin(self, pool: WorkerPool, processes: Processes, busy: Container[str | None]) -> None:
        if time.monotonic() - self._begun < REST:
            return
        for address, one in pool.members.items():
            room = processes.most_memory - one.memory_when_loaded
            allowed = MOST_GROWTH if _is_busy(address, busy) else min(GROWTH, ROOM_SHARE * room)
            if one.stage == "ready" and one.slots and one.memory - one.memory_when_loaded > allowed:
                self._old, self._begun, self._offered = (address, one.name), time.monotonic(), False
                if sum(other.memory for other in pool.members.values()) + FRESH < SHARE * _memory():
                    self._fresh = pool.expected = processes.add_beside(one.name)
                return

    def _hand_over(self, pool: WorkerPool, processes: Processes, old: str) -> None:
        """Has the fresh worker take trainings instead of the old one, once it is ready."""
        found = [(address, one) for address, one in pool.members.items() if one.name == self._fresh]
        stages = [one.stage for _, one in found]
        if stages == ["ready"]:
            self._offer = self._offer or _Offer(pool, found[0][0], 1)
            if self._offer.accepted:
                self._offered, self._offer = True, None
                _Offer(pool, old, 0)  # should it not answer, it will be ended anyway
                pool.recount()
                return
        refused = self._offer is not None and self._offer.accepted is False
        if refused or stages in (["broken"], ["lost"]) or time.monotonic() - self._begun > PATIENCE:
            logger.warning("A worker that has grown stays, because the fresh one did not become ready.")
            processes.end(str(self._fresh))
            self._old = self._fresh = self._offer = pool.expected = None
            self._begun = time.monotonic()


def _is_busy(address: str, busy: Container[str | None]) -> bool:
    """Whether a worker has a job, or may have been given one."""
    return address in busy or None in busy


class _Offer:
    """Has a worker take so many trainings at a time: on a thread of its own, as one that has died answers late.

    Args:
        pool: The workers.
        address: The one that is asked.
        slots: Trainings at a time.

    Attributes:
        accepted: Whether it does; None while it has not answered.
    """

    def __init__(self, pool: WorkerPool, address: str, slots: int) -> None:
        self.accepted: bool | None = None
        threading.Thread(target=self._ask, args=(pool, address, slots), name="engine-offer", daemon=True).start()

    def _ask(self, pool: WorkerPool, address: str, slots: int) -> None:
        try:
            pool.client.run(worker.offer, slots, workers=[address])
            self.accepted = True
        except Exception:  # whatever the worker died of; the log has the trace
            logger.exception("A worker did not take a command.")
            self.accepted = False


def _memory() -> int:
    """Bytes that this machine, or the container, has."""
    from distributed.system import MEMORY_LIMIT

    return MEMORY_LIMIT
