"""What a host sees of all visitors, and may end."""

import shutil
import sys
from abc import ABC
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import metadata

from msgspec import Struct

from ae_core.data import kept_uploads
from ae_core.engine.jobs import Job
from ae_core.engine.pool import Member, Stage
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import Recovery
from ae_core.engine.supervisor import Status, Supervisor
from ae_core.runs import StoredRun

SHORT = 8  # digits of a fingerprint that tell one owner from another
PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "numpy", "distributed", "streamlit")


class JobSeen(Struct, frozen=True):
    """A job that waits or trains.

    Args:
        id: The job.
        owner: Beginning of its owner's fingerprint.
        state: Where it stands.
        variant: What it trains.
        dataset: On what.
        position: Its place in the queue; None while it trains.
        created: When it was asked for, seconds since 1970.
        seconds: For how long it has held a slot.
        worker: Address of its worker; empty if it has none.
        silent: See `Job.silent`.
    """

    id: str
    owner: str
    state: str
    variant: str
    dataset: str
    position: int | None
    created: float
    seconds: float
    worker: str
    silent: int


class WorkerSeen(Struct, frozen=True):
    """A worker.

    Args:
        name: What Dask calls it.
        address: Where it is.
        stage: How far it has warmed up.
        slots: Trainings that it takes at a time.
        memory: Bytes that it takes.
        grown: Bytes of them since it was loaded.
    """

    name: str
    address: str
    stage: Stage
    slots: int
    memory: int
    grown: int


class Eater(Struct):
    """What one visitor takes of the disk.

    Args:
        owner: Beginning of the visitor's fingerprint; empty for the host's own.
        runs: Number of runs.
        run_bytes: What they take, as of the last time their status was written.
        uploads: Number of uploads, those shared with others among them.
        upload_bytes: The visitor's part in them.
    """

    owner: str
    runs: int = 0
    run_bytes: int = 0
    uploads: int = 0
    upload_bytes: int = 0


class Overview(Struct, frozen=True):
    """Everything that goes on here.

    Args:
        status: See `Engine.status`.
        status_text: See `Engine.status_text`.
        jobs: What trains, then what waits in the order of its turn.
        workers: The workers that are there.
        eaters: Who takes how much, the most first.
        used_bytes: What all runs take.
        limit_bytes: What they may take.
        free_bytes: What is left of the disk.
        versions: Of the interpreter and the packages that matter, by name.
    """

    status: Status
    status_text: str
    jobs: list[JobSeen]
    workers: list[WorkerSeen]
    eaters: list[Eater]
    used_bytes: int
    limit_bytes: int
    free_bytes: int
    versions: Mapping[str, str]


class Hosting(ABC):
    """The part of an engine that is its host's; whoever calls it makes sure of that."""

    _queue: Queue
    _recovery: Recovery
    _supervisor: Supervisor

    def halt(self, job_id: str) -> None:
        """Ends a job, whosever it is; its last state is kept.

        Raises:
            EngineError: If this app has no such job, or it has ended.
        """
        self._supervisor.halt(job_id)

    def overview(self) -> Overview:
        """Everything that goes on here. Reads the disk, so it is nothing for every second."""
        pool, store = self._supervisor.pool, self._recovery.store
        members = {} if pool is None else dict(pool.members)
        store.folder.mkdir(parents=True, exist_ok=True)
        mine = [job.view() for job in self._queue.all() if not (job.ended or job.elsewhere)]
        return Overview(
            status=self._supervisor.status,
            status_text=self._supervisor.status_text,
            jobs=sorted(map(_seen, mine), key=lambda one: (one.position or 0, one.created)),
            workers=[_worker(address, one) for address, one in members.items()],
            eaters=eaters(store.list_runs()),
            used_bytes=store.used_bytes,
            limit_bytes=store.limit_bytes,
            free_bytes=shutil.disk_usage(store.folder).free,
            versions=versions(),
        )


def eaters(runs: Iterable[StoredRun]) -> list[Eater]:
    """Who takes how much of the disk, the most first.

    Args:
        runs: All stored runs.
    """
    found: dict[str, Eater] = defaultdict(lambda: Eater(""))
    for run in runs:
        one = found[run.owner or ""]
        one.runs += 1
        one.run_bytes += run.size
    for thing in kept_uploads.kept():
        one = found[thing.owner or ""]
        one.uploads += 1
        one.upload_bytes += thing.size
    for owner, one in found.items():
        one.owner = owner[:SHORT]
    return sorted(found.values(), key=lambda one: one.run_bytes + one.upload_bytes, reverse=True)


def versions() -> dict[str, str]:
    """Of the interpreter and the packages that matter here, by name; those that are not installed are left out."""
    found = {"python": sys.version.split()[0]}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _worker(address: str, one: Member) -> WorkerSeen:
    grown = max(0, one.memory - one.memory_when_loaded) if one.stage == "ready" else 0
    return WorkerSeen(one.name, address, one.stage, one.slots, one.memory, grown)


def _seen(job: Job) -> JobSeen:
    return JobSeen(
        id=job.id,
        owner=job.owner[:SHORT],
        state=job.state,
        variant=job.settings.variant,
        dataset=job.settings.dataset,
        position=job.position,
        created=job.created,
        seconds=job.seconds_used(),
        worker=job.worker or "",
        silent=job.silent,
    )
