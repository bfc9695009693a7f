"""The same checks as a developer runs by hand: lint, format, types."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        pytest.param(("mypy",), marks=[pytest.mark.slow(seconds=40), pytest.mark.long]),
    ],
    ids=lambda command: " ".join(command),
)
def test_tool_runs_clean(command):
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
