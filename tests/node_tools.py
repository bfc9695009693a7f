"""What tests take from npm: `assets/javascript/package-lock.json` names it, and it is fetched once for each version.

And what they read in the modules themselves.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from ae_core.folders import cache_folder
from tests.conftest import ROOT

SOURCE = ROOT / "assets" / "javascript"
FILES = ("package.json", "package-lock.json")


def words_asked_for(text: str) -> set[str]:
    """The names of words by which modules ask for them in full, in calls and in HTML."""
    return {*re.findall(r'\bword\(\s*"(\w+)"', text), *re.findall(r'data-(?:word|title)="(\w+)"', text)}


def node_modules() -> Path:
    """The folder of what was fetched, in this user's cache; a test that cannot have it is skipped, and fails in CI."""
    version = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    kept = cache_folder() / f"node-{version}"
    modules = kept / "node_modules"
    if modules.exists():
        return modules
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        fetched = Path(folder) / "fetched"
        fetched.mkdir()
        for name in FILES:
            shutil.copy(SOURCE / name, fetched)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        result = subprocess.run(command, cwd=fetched, capture_output=True, text=True)
        if result.returncode:
            complain = pytest.fail if os.environ.get("CI") else pytest.skip
            complain(f"What tests need of npm could not be fetched: {result.stderr}")
        try:
            fetched.rename(kept)
        except OSError:  # another run of the tests was first
            if not modules.exists():
                raise
    return modules
