"""The machine that was measured on, and whether it had anything else to do."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ae_core.bench.turns import ContenderError
from ae_core.folders import ROOT

PACKAGES = ("keras", "numpy")
PACKAGES_OF = {"tensorflow": ("tensorflow-cpu", "tensorflow"), "jax": ("jax", "jaxlib")}  # by backend
ASK = "import keras; from ae_core.training import execution as on; print(keras.backend.backend(), on.device_name())"


def facts() -> dict[str, Any]:
    """Date, processor, cores, backend, device, versions, and the load before the first measurement, as plain values.

    Raises:
        ContenderError: If Keras does not run here.
    """
    backend, device = _backend()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": cores,
        "backend": backend,
        "device": device,
        "python": platform.python_version(),
        "versions": _versions((*PACKAGES_OF.get(backend, ()), *PACKAGES)),
        "load_before": load(),
    }


def load() -> float | None:
    """Processes that wanted to compute during the last minute, on average; None where nobody counts them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def sentence(told: Mapping[str, Any]) -> str:
    """The machine in words, with a warning if others compute on it."""
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    trains = f"{told['backend']} on {told['device']}"
    text = f"{told['date']}: {told['cores']} cores of {told['processor']}; {trains}; {versions}"
    if told["load_before"] is not None and told["load_before"] > 0.5:
        text += f"\nThis machine is busy (load {told['load_before']}): what is measured now says little."
    return text


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _backend() -> tuple[str, str]:
    # In a process of its own: the one that measures others must take neither memory nor time on the device.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", ASK],
        env={"XLA_PYTHON_CLIENT_PREALLOCATE": "false"} | os.environ | {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ContenderError(f"Keras does not run here: {' / '.join(done.stderr.splitlines()[-1:])}")
    backend, _, device = done.stdout.splitlines()[-1].partition(" ")
    return backend, device


def _versions(names: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
