"""The machine that was measured on, and whether it had anything else to do."""

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ae_core.engine.processes import gpus

PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy")


def facts() -> dict[str, Any]:
    """Date, processor, cores, GPUs, versions, and the load before the first measurement, as plain values."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": cores,
        "gpus": len(gpus()),
        "python": platform.python_version(),
        "versions": _versions(),
        "load_before": load(),
    }


def load() -> float | None:
    """Processes that wanted to compute during the last minute, on average; None where nobody counts them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def sentence(told: dict[str, Any]) -> str:
    """The machine in words, with a warning if others compute on it."""
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    text = f"{told['date']}: {told['cores']} cores of {told['processor']}, {told['gpus']} GPUs, {versions}"
    if told["load_before"] is not None and told["load_before"] > 0.5:
        text += f"\nThis machine is busy (load {told['load_before']}): what is measured now says little."
    return text


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
