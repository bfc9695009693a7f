"""Signs of life: a worker that is stopped, or cut off from the scheduler, still counts as one that trains."""

import time

from ae_core.engine.jobs import Job
from ae_core.engine.pool import Member

SILENT = 3.5  # seconds; a worker's heart beats every half second, and is looked at once a second
STEP = 5  # seconds between two things that are said of the same silence


def silence(job: Job, member: Member | None) -> int:
    """Seconds since a job's worker gave a sign of life, in whole steps of five; 0 while it gives some.

    Args:
        job: The job. One that starts may load Keras, which leaves its worker no breath for anything else.
        member: Its worker; None if nobody knows it any more, of which a dispatch says more.
    """
    if member is None or job.state not in ("running", "paused"):
        return 0
    seconds = time.monotonic() - max(job.heard_at, member.heard_at)
    return 0 if seconds < SILENT else STEP * max(1, int(seconds / STEP))
