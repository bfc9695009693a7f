"""How long a training may take here and how much memory, and when it makes room for others."""

import math
import time
from dataclasses import dataclass

from ae_core import limits
from ae_core.engine.jobs import Job, TrainingJob
from ae_core.ownership import fingerprint

PUBLIC_MINUTES = 30.0  # that a run may take on an open server, unless its host says otherwise
TURN_SECONDS = 120.0  # that a run whose page nobody has open trains at a time while others wait
UNSEEN_SECONDS = 30.0  # after which a page that has not been heard of counts as closed


@dataclass(frozen=True)
class Limits:
    """What a host allows.

    Args:
        run_minutes: Longest that a run may take, in minutes; by default there is no limit.
        run_memory: Most bytes that a worker may grow by while it trains a run; by default its memory alone.
        public: Whether it is an open server, where jobs are counted by address too.
    """

    run_minutes: float = math.inf
    run_memory: float = math.inf
    public: bool = False

    @classmethod
    def from_environment(cls) -> "Limits":
        """What `AE_PUBLIC`, `AE_MAX_RUN_MINUTES` and `AE_MAX_RUN_MEMORY_MB` say.

        Raises:
            DataError: If one of them is not a number above 0.
        """
        return cls(
            run_minutes=limits.limit("AE_MAX_RUN_MINUTES", math.inf, where_public=PUBLIC_MINUTES),
            run_memory=limits.limit("AE_MAX_RUN_MEMORY_MB", math.inf) * 2**20,
            public=limits.public(),
        )

    def origin(self, address: str) -> str:
        """By what jobs from an address are known where they are counted together; empty where they are not."""
        return fingerprint(address) if address and self.public else ""

    def too_long(self, seconds: float) -> str:
        """One sentence: why a run that will take so long is not begun; empty if it may."""
        if seconds <= 60 * self.run_minutes:
            return ""
        return (
            f"This run would take about {_duration(seconds)}, and a run may take {self.run_minutes:g} minutes here; "
            "lower epochs, train_size or the size of the network, or raise batch_size."
        )

    def exceeded(self, job: Job, grown: float) -> str:
        """One sentence: why a job that trains must end now; empty if it may go on.

        Args:
            job: The job.
            grown: Bytes by which its worker has grown since it was loaded.
        """
        if job.seconds_used() > 60 * self.run_minutes:
            return (
                f"This run has taken {self.run_minutes:g} minutes, the longest that a run may take here, so it was "
                "stopped; its last state is kept."
            )
        if grown > self.run_memory:
            return (
                f"This run took more than {self.run_memory / 2**20:,.0f} MB of memory, the most that a run may take "
                "here, so it was stopped; its last state is kept."
            )
        return ""


def makes_room(job: Job) -> bool:
    """Whether a job that trains, while others wait, may be asked to wait again: nobody watches, and it had its turn."""
    now = time.monotonic()
    ready = isinstance(job, TrainingJob) and job.stored and job.state == "running" and not job.leaving
    if not ready or now - job.seen_at < UNSEEN_SECONDS or job.begun is None:
        return False
    return now - job.begun >= TURN_SECONDS


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3600, "hours")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{max(1, round(seconds / 60)):,} minutes"
