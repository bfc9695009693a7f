"""A worker that has grown is followed by a fresh one.

TensorFlow keeps each program that XLA has compiled, with the graphs it came from, for as long as its process lives:
some 10 MB for an architecture of dense layers, 250 for transformers when XLA compiled them too. Of 41 MB that five
dense architectures left behind, 24 were the Python call stacks of their operations. Nothing that TensorFlow offers lets
go of them, so the process has to end.
"""

import logging
import math
import time
from collections.abc import Container

from ae_core.engine import worker
from ae_core.engine.pool import WorkerPool
from ae_core.engine.processes import Processes

logger = logging.getLogger(__name__)

GROWTH = 350e6  # bytes since it was loaded, of one with nothing to do: no training is disturbed
MOST_GROWTH = 600e6  # of one that trains; every variant once, as its form opens, takes about 735
FRESH = 0.9e9  # bytes that a worker needs which begins beside an old one: 0.83 when it is warm
SHARE = 0.8  # of the machine's memory, which both may take together with their like
PATIENCE = 300.0  # seconds for a fresh one to be ready
REST = 30.0  # seconds between two beginnings


class Renewal:
    """Renews the workers on this machine, one at a time.

    A fresh worker is warmed up beside the old one, which goes on working, and takes its place when it is ready. On a
    machine without the memory for both, the old one ends first, between two trainings.
    """

    def __init__(self) -> None:
        self._old: tuple[str, str] | None = None  # address and name
        self._fresh: str | None = None  # name
        self._offered = False  # whether the fresh one has taken over
        self._begun = -math.inf

    def tick(self, pool: WorkerPool, processes: Processes, busy: Container[str | None]) -> None:
        """Looks after it. Belongs to the engine's thread, after its look at the pool and before it hands out trainings.

        Args:
            pool: Who is there.
            processes: Their processes.
            busy: Addresses of the workers that trainings were handed to; None for one that no worker has begun yet.
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
            allowed = MOST_GROWTH if _is_busy(address, busy) else GROWTH
            if one.stage == "ready" and one.slots and one.memory - one.memory_when_loaded > allowed:
                self._old, self._begun, self._offered = (address, one.name), time.monotonic(), False
                if sum(other.memory for other in pool.members.values()) + FRESH < SHARE * _memory():
                    self._fresh = pool.expected = processes.add_beside(one.name)
                return

    def _hand_over(self, pool: WorkerPool, processes: Processes, old: str) -> None:
        """Lets the fresh worker be given trainings instead of the old one, once it is ready."""
        found = [(address, one) for address, one in pool.members.items() if one.name == self._fresh]
        stages = [one.stage for _, one in found]
        if stages == ["ready"]:
            ((fresh, _),) = found
            self._offered = _offer(pool, fresh, 1)
            if self._offered:
                _offer(pool, old, 0)  # one that does not answer is ended all the more
                pool.recount()
                return
        if stages in (["ready"], ["broken"], ["lost"]) or time.monotonic() - self._begun > PATIENCE:
            logger.warning("A worker that has grown stays, because the fresh one did not become ready.")
            processes.end(str(self._fresh))
            self._old = self._fresh = pool.expected = None
            self._begun = time.monotonic()


def _is_busy(address: str, busy: Container[str | None]) -> bool:
    """Whether a worker has, or may have, a training to do."""
    return address in busy or None in busy


def _offer(pool: WorkerPool, address: str, slots: int) -> bool:
    """Has a worker offer so many trainings. False if it does not answer."""
    try:
        pool.client.run(worker.offer, slots, workers=[address])
    except Exception:  # whatever the worker died of; the log has it
        logger.exception("A worker did not take a command.")
        return False
    return True


def _memory() -> int:
    """Bytes that this machine, or the container, has."""
    from distributed.system import MEMORY_LIMIT

    return MEMORY_LIMIT
