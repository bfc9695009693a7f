"""How many trainings a machine takes at a time."""

import math
import os
from pathlib import Path

import pytest
from dask.system import cpu_count

from ae_core.engine import kernel
from ae_core.engine.processes import Processes, default_slots, gpus


def test_a_slot_for_every_gpu_that_the_driver_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H200 (UUID: a)'\necho 'GPU 1: NVIDIA H200 (UUID: b)'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert (gpus(), default_slots()) == (["0", "1"], 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert (gpus(), default_slots()) == (["1"], 1)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpus() == [] and default_slots() == max(1, cpu_count() // 2)


@pytest.mark.parametrize(
    ("groups", "files", "allowed"),
    [
        ("0::/system.slice/lab.service\n", {"system.slice/lab.service/memory.max": "4294967296"}, 4 * 2**30),
        (
            "0::/lab.slice/lab.service\n",  # the slice around it bounds it too
            {"lab.slice/memory.max": "1073741824\n", "lab.slice/lab.service/memory.max": "max\n"},
            2**30,
        ),
        ("0::/\n", {"memory.max": "2147483648\n"}, 2 * 2**30),  # in a container
        ("4:memory:/lab\n1:cpu:/lab\n", {"memory/lab/memory.limit_in_bytes": "1000\n", "lab/memory.max": "1"}, 1000),
        ("0::/user.slice\n", {"user.slice/memory.max": "max\n"}, math.inf),
        ("0::/user.slice\n", {}, math.inf),
        (None, {}, math.inf),
    ],
)
def test_the_bound_of_a_service_counts_as_that_of_a_container_does(
    groups: str | None, files: dict[str, str], allowed: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "GROUPS", tmp_path / "groups")
    monkeypatch.setattr(kernel, "MOUNTED", tmp_path / "mounted")
    if groups is not None:
        (tmp_path / "groups").write_text(groups)
    for name, content in files.items():
        file = tmp_path / "mounted" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    assert kernel.memory_allowed() == allowed


def test_workers_share_what_a_service_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "memory_allowed", lambda: 2.0**30)
    processes = Processes(2)
    processes.close()
    assert processes._share == 2**29
