"""How many trainings a machine takes at a time."""

import os
from pathlib import Path

import pytest
from dask.system import cpu_count

from ae_core.engine.processes import default_slots, gpus


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
