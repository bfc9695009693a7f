"""Workers that share nothing with the app but the network, over TLS."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from distributed.security import Security

from ae_core.engine import certificates
from ae_core.engine.processes import RESOURCE, THREADS
from tests.conftest import ROOT
from tests.waiting import until


class Machines:
    """A scheduler and workers, each in a folder of its own, as HOSTING has them started.

    Args:
        folder: Where their folders are made.
        stack: What ends them.
        names: Of the workers, one slot each.

    Attributes:
        security: What reaches them.
        address: That of the scheduler.
        workers: Their processes.
    """

    def __init__(self, folder: Path, stack: ExitStack, names: Sequence[str]) -> None:
        self._folder, self._stack = folder, stack
        self.security: Security = certificates.make()
        scheduler = ["scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        file = folder / "scheduler.json"
        self._start("scheduler", *scheduler, "--scheduler-file", str(file))
        until(lambda: file.exists() and file.stat().st_size)
        self.address = str(json.loads(file.read_text())["address"])
        self.workers = [self._worker(name) for name in names]

    def _worker(self, name: str) -> subprocess.Popen[bytes]:
        resources = ["--nthreads", str(THREADS), "--resources", f"{RESOURCE}=1"]
        return self._start(
            name, "worker", self.address, "--protocol", "tls", "--no-nanny", "--no-dashboard", *resources
        )

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        home = self._folder / name
        home.mkdir()
        own = {"HOME": home, "TMPDIR": home, "AE_RUNS_DIR": home / "runs", "XDG_CACHE_HOME": home, "PYTHONPATH": ROOT}
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=home,
            env=os.environ | {key: str(value) for key, value in own.items()} | certificates.environment(self.security),
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process
