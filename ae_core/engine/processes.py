"""The processes that train on this machine: one Dask scheduler, and one worker behind a nanny for every slot.

They are started by the `dask spec` commands that Dask's `SubprocessCluster` uses too. (`LocalCluster` cannot be used
under Streamlit, because its spawned children import the page again.) But that class gives all processes the same
environment, never reads the scheduler's error stream, and leaves its processes behind when their parent is killed. Here
each child leads a process group and holds one end of a pipe whose other end is ours: when this process ends, however it
ends, the pipe closes and the group is killed.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ae_core.engine import certificates, kernel
from ae_core.folders import ROOT

if TYPE_CHECKING:
    from distributed.security import Security

THREADS = 2  # of a worker: one for a training, one for small tasks beside it
RESOURCE = "training"  # a Dask resource: a training takes one, small tasks take none
# Half of the 0.8 GB that a worker takes are pages of library files, which the kernel drops where it needs room. Dask
# counts them: of 1 GB for all processes it gave a training 150 MB, and now as much as really is there.
DROPPED_PAGES = 200 * 2**20
MOST_OF_SHARE = 0.95  # above which a worker is ended, and told from one that crashed
NICENESS = 10  # of the workers, so that the web process goes first

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MALLOC_ARENA_MAX": "2",  # saves some 40 MB in a worker, whose many threads seldom allocate
    # Dask's own choice is 64 kB: then each step gives its memory back, and the next one fetches the pages again.
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "DASK_LOGGING__DISTRIBUTED": "warning",
    # Above these shares of its memory a worker would write results to the disk, or stop beginning tasks. But results
    # are empty here, and what fills the memory are the programs that TensorFlow keeps, see `renewal`.
    "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": "False",
    # Each topic, task and connection keeps a log of this many entries, some of them snapshots of tens of kilobytes.
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "10",
    # Importing TensorFlow holds the interpreter for seconds, which is expected here.
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__LOG_LENGTH": "60",
    # A sampling profiler beside every training costs time, and nobody looks at what it finds.
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}

# Dask's web pages tell whoever asks what is trained here; no variable of the host opens them again.
_CLOSED = {f"DASK_DISTRIBUTED__{server}__HTTP__ROUTES": "[]" for server in ("SCHEDULER", "WORKER")}


def gpus() -> list[str]:
    """Names of the GPUs that a worker may be given, as `CUDA_VISIBLE_DEVICES` understands them; empty without one."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    command = shutil.which("nvidia-smi")
    if command is None or chosen in ("", "-1"):
        return []
    try:
        listing = subprocess.run(  # noqa: S603 - a program of the driver, without input
            [command, "-L"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []  # with a driver that does not answer, no GPU can be used
    count = sum(line.startswith("GPU ") for line in listing.splitlines())
    if chosen is not None:
        return chosen.split(",")[:count]
    return [str(number) for number in range(count)]


def _free_port() -> int:
    """A port that nothing listens at; should something else take it before the scheduler does, all is started anew."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def default_slots() -> int:
    """Trainings that run side by side: one per GPU, else one per two processor cores that this process may use."""
    from dask.system import CPU_COUNT  # respects affinity and the limits of a container

    return len(gpus()) or max(1, CPU_COUNT // 2)


class Processes:
    """A scheduler and its workers on this machine, reachable from this machine only, with their own certificate.

    Args:
        slots: Trainings side by side, at least 1: the number of workers.

    Attributes:
        security: The certificate with which a client can join; None before `start`.
        most_memory: Bytes of a worker, as it is seen from outside, above which it is ended.
    """

    def __init__(self, slots: int) -> None:
        from distributed.system import MEMORY_LIMIT  # of a container too

        self._slots = slots
        self._share = int(min(MEMORY_LIMIT, kernel.memory_allowed())) // slots
        self.most_memory = MOST_OF_SHARE * (self._share + DROPPED_PAGES)
        self._folder = Path(tempfile.mkdtemp(prefix="autoencoder-lab-"))
        self._gpus = gpus()
        self._scheduler: subprocess.Popen[bytes] | None = None
        self._workers: dict[str, tuple[int, subprocess.Popen[bytes]]] = {}  # slot and nanny, by Dask's name
        self._numbers = itertools.count()
        self._address = ""
        self.security: Security | None = None
        self._certificate: dict[str, str] = {}

    def start(self, timeout: float = 60.0) -> str:
        """Starts the scheduler and its workers, and waits until the scheduler listens; workers join by themselves.

        Args:
            timeout: Seconds to wait at most, default 60.

        Returns:
            The scheduler's address.

        Raises:
            TimeoutError: If the scheduler does not listen in time.
        """
        self.security = certificates.make()
        self._certificate = certificates.environment(self.security)
        file = self._folder / "scheduler.json"
        port = _free_port()
        options = {
            "host": "127.0.0.1",
            "port": port,
            "protocol": "tls://",
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
            "scheduler_file": str(file),
            "allowed_failures": 0,  # Dask does not give a training whose worker died to the next worker; we do
            "preload": [__name__],
        }
        self._scheduler = self._open("distributed.Scheduler", options, {})
        self._address = f"tls://127.0.0.1:{port}"
        self.keep()  # the workers load meanwhile, and ask again until the scheduler listens
        deadline = time.monotonic() + timeout
        while not file.exists():
            if time.monotonic() > deadline or self._scheduler.poll() is not None:
                raise TimeoutError("The scheduler process did not start.")
            time.sleep(0.02)
        return self._address

    def keep(self) -> bool:
        """Starts a worker in each slot without a nanny that runs. False if the scheduler has ended."""
        if self._scheduler is None or self._scheduler.poll() is not None:
            return False
        for name, (_, nanny) in list(self._workers.items()):
            if nanny.poll() is not None:
                del self._workers[name]
        for slot in set(range(self._slots)) - {slot for slot, _ in self._workers.values()}:
            self._add(slot, 1)
        return True

    def add_beside(self, name: str) -> str | None:
        """Starts another worker in the slot of that one. It takes no trainings yet.

        Args:
            name: The worker that is there.

        Returns:
            Name of the other one; None if there is no worker called `name`.
        """
        return self._add(self._workers[name][0], 0) if name in self._workers else None

    def end(self, name: str) -> None:
        """Ends a worker at once, if it is still there."""
        _, nanny = self._workers.pop(name, (0, None))
        _kill(nanny)

    def close(self) -> None:
        """Ends them all at once."""
        for process in [*(nanny for _, nanny in self._workers.values()), self._scheduler]:
            _kill(process)
        self._workers, self._scheduler = {}, None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _add(self, slot: int, offered: int) -> str:
        from dask.system import CPU_COUNT

        name = f"worker-{next(self._numbers)}"
        options = {
            "name": name,
            "host": "127.0.0.1",
            "protocol": "tls://",
            "nthreads": THREADS,
            "resources": {RESOURCE: offered},
            "memory_limit": self._share,
            "dashboard": False,
            "preload_nanny": [__name__],
        }
        environment = {"DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": str(self.most_memory / self._share)}
        if self._gpus:
            environment["CUDA_VISIBLE_DEVICES"] = self._gpus[slot % len(self._gpus)]
        # Trainings side by side share the cores instead of fighting for all of them.
        cores = str(max(1, CPU_COUNT // self._slots))
        environment["TF_NUM_INTRAOP_THREADS"] = os.environ.get("TF_NUM_INTRAOP_THREADS", cores)
        process = self._open("distributed.Nanny", options, environment, self._address)
        # Pages go first. On a machine that does nothing else, a training loses nothing by it.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        self._workers[name] = slot, process
        return name

    def _open(
        self, name: str, options: dict[str, Any], environment: dict[str, str], *arguments: str
    ) -> subprocess.Popen[bytes]:
        spec = json.dumps({"cls": name, "opts": options})
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        fixed = {"PYTHONPATH": path, "DASK_TEMPORARY_DIRECTORY": str(self._folder)}
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "dask", "spec", *arguments, "--spec", spec],
            env=_ENVIRONMENT | os.environ | environment | fixed | _CLOSED | self._certificate,
            stdin=subprocess.PIPE,  # never written to: it closes when this process ends
            stdout=2,  # what TensorFlow prints does not belong among a program's results
            start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the others
        )


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def dask_setup(server: Any) -> None:
    """Has the process group end with the app. Dask calls it in the scheduler and in each nanny."""
    threading.Thread(target=_end_with_app, daemon=True).start()


def _end_with_app() -> None:
    # Not sys.stdin: a thread that waits inside a buffered reader can block the interpreter's own shutdown.
    while os.read(0, 1024):
        pass
    shutil.rmtree(os.environ["DASK_TEMPORARY_DIRECTORY"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
