"""The modules of `assets/javascript`: their types, by the TypeScript compiler, and what they compute, by Node.js."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.node_tools import SOURCE, node_modules

MODULES = sorted(path for path in SOURCE.rglob("*.js") if "node_modules" not in path.parts)


@pytest.fixture(scope="session")
def typescript_compiler() -> Path:
    """The compiler that `package-lock.json` names."""
    return node_modules() / ".bin" / "tsc"


@pytest.mark.slow(seconds=1)
@pytest.mark.node
def test_types_are_right(typescript_compiler: Path) -> None:
    result = subprocess.run([typescript_compiler, "-p", SOURCE, "--listFiles"], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert {str(path) for path in MODULES} <= set(result.stdout.splitlines()), "every module is looked at"


@pytest.mark.slow(seconds=1)
@pytest.mark.node
def test_a_wrong_type_is_found(typescript_compiler: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(SOURCE, tmp_path / "copy", ignore=shutil.ignore_patterns("node_modules"))
    module = copy / "live" / "view.js"
    module.write_text(module.read_text().replace("layout.meta.label)", "layout.meta.labell)"))
    result = subprocess.run([typescript_compiler, "-p", copy], capture_output=True, text=True)
    assert result.returncode != 0
    assert "Property 'labell' does not exist on type 'Meta'" in result.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_module_is_checked_without_exception(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("// @ts-check\n/**\n"), "types are checked, and a comment says what it is for"
    assert not re.findall(r"@ts-(?:ignore|nocheck|expect-error)", text)
    assert not re.findall(r"[{<(|:,] *any\b *[\])}>|,;\[]", text), "a type can stand for any"


def test_nothing_is_asked_while_somebody_leaves_the_page() -> None:
    """Streamlit would take it for a question of the page that is left, and stay there, see `live/leaving.js`."""
    asking = re.compile(r"^.*\bsetTriggerValue\b(?!.*\}, base).*$", re.MULTILINE)
    found = [line for path in MODULES for line in asking.findall(path.read_text())]
    assert len(found) == 2 and all("unlessLeaving(" in line for line in found)


def test_files_that_comments_name_are_there() -> None:
    texts = [path.read_text() for path in (*MODULES, *SOURCE.glob("types/*.d.ts"), SOURCE / "README.md")]
    named = {name for text in texts for name in re.findall(r"`((?:pages|ae_core)/[\w/]+\.py)`", text)}
    assert named
    assert not [name for name in named if not (ROOT / name).is_file()]


@pytest.mark.slow
@pytest.mark.node
def test_what_modules_compute_is_right() -> None:
    files = sorted(Path(__file__).parent.glob("*.test.mjs"))
    result = subprocess.run(["node", "--test", "--test-reporter=tap", *files], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"^# pass [1-9]", result.stdout, re.MULTILINE), result.stdout
