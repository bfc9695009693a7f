"""The rules of the house: who may import whom, what is documented, what stands where."""

import ast
import functools
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import ae_core
from ae_core import variants
from tests.conftest import ROOT

PACKAGE = sorted((ROOT / "ae_core").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
# What the web process loads: Keras may only be imported there inside a function that a worker calls.
LIGHT = [
    "data",
    "engine",
    "figures",
    "lessons",
    "lessons.glossary",
    "lessons.theory",
    "recordings.lessons",
    "recordings.recording",
    "runs",
    "script.lesson_book",
    "settings",
    "variants",
    "web_page",
]


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Full names of all that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def top_names(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


# Which rooms a room may use, besides those that every room speaks to. Whoever adds a room adds a line.
SPOKEN_BY_ALL = {
    "errors",
    "folders",
    "limits",
    "messages",
    "ownership",
    "room",
    "setting_fields",
    "settings",
    "translation",
    "whole_files",
}
USES: dict[str, set[str]] = {
    "errors": set(),
    "folders": set(),
    "limits": {"errors"},
    "messages": set(),
    "ownership": set(),
    "room": set(),
    "setting_fields": set(),
    "settings": set(),
    "translation": set(),
    "whole_files": set(),
    "formats": set(),
    "data": {"formats"},
    "models": {"formats", "data"},
    "measuring": {"formats", "data", "models"},
    "variants": {"models", "measuring"},
    "training": {"formats", "data", "models", "measuring", "variants"},
    "runs": {"formats", "variants"},
    "anomalies": {"formats", "data", "models", "measuring", "variants", "training", "runs"},
    "figures": {"formats", "measuring.metric_table", "measuring.plane", "measuring.wording", "variants"},
    "diagnosis": {"measuring.metric_table", "measuring.wording", "variants"},
    "script": {"formats", "lessons", "data", "models", "measuring", "variants", "training"},
    "recordings": {"formats", "variants", "training", "portable", "lessons"},
    "portable": {"data", "models", "training"},
    "web_page": {"figures", "measuring.wording", "variants"},
    "lessons": {"formats", "data", "models", "measuring", "variants", "training", "runs", "anomalies.curves"},
    "engine": {
        "anomalies",
        "formats",
        "data",
        "lessons",
        "models",
        "variants",
        "training",
        "runs",
        "script",
        "portable",
    },
    "reference": {"anomalies", "formats", "data", "models", "measuring", "variants", "training", "figures"},
    "bench": {"formats", "data", "variants", "training", "runs", "script", "engine", "figures"},
    "cli": {
        "anomalies",
        "bench",
        "data",
        "engine",
        "figures",
        "formats",
        "lessons",
        "measuring",
        "portable",
        "recordings",
        "reference",
        "runs",
        "script",
        "training",
        "variants",
        "web_page",
    },
    "__main__": {"cli"},
}
MOST_FLAT = 12  # modules that stand flat in ae_core/


MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
    for path in PACKAGE
}


@functools.cache
def package_imports(path: Path) -> frozenset[str]:
    """The modules of the package that a file imports; of `from package import module` the module alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return frozenset(found & MODULES.keys())


def forbidden(room: str, used: frozenset[str]) -> list[str]:
    """Those of the modules that a room uses which it may not."""
    allowed = {f"ae_core.{name}" for name in USES[room] | SPOKEN_BY_ALL | {room}}
    return [name for name in sorted(used - {"ae_core"}) if not any(f"{name}.".startswith(f"{one}.") for one in allowed)]


def test_each_room_uses_only_what_it_may():
    assert forbidden("models", frozenset({"ae_core.engine", "ae_core.data.dataset"})) == ["ae_core.engine"]
    wrong = []
    for module, path in MODULES.items():
        if module == "ae_core":
            continue
        room = module.split(".")[1]
        assert room in USES, f"{room} is a new room: say in USES which others it may use"
        wrong += [
            f"{module} uses {name}: {room} may use {', '.join(sorted(USES[room])) or 'no other room'} only"
            for name in forbidden(room, package_imports(path))
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", PAGES + [path for path in PACKAGE if path.parent.name == "cli"], ids=lambda path: path.name
)
def test_the_engine_is_the_only_door_to_the_workers(path):
    behind = {name for name in package_imports(path) if name.startswith("ae_core.engine.")}
    assert not behind, f"import from ae_core.engine itself what {', '.join(sorted(behind))} has"


def test_nothing_runs_in_circles():
    needs = {module: package_imports(path) - {module} for module, path in MODULES.items()}
    while needs:
        free = {name for name, used in needs.items() if not used & needs.keys()}
        assert free, f"these import one another in a circle, or need some that do: {', '.join(sorted(needs))}"
        needs = {name: used for name, used in needs.items() if name not in free}


def test_few_modules_stand_flat():
    flat = sorted(path.name for path in (ROOT / "ae_core").glob("*.py"))
    assert len(flat) <= MOST_FLAT, f"a module belongs into a room: {', '.join(flat)}"


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: path.name)
def test_the_package_knows_nothing_of_streamlit(path):
    assert not top_names(path) & {"streamlit", "pages", "app"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_import_neither_keras_nor_tensorflow(path):
    assert not top_names(path) & {"keras", "tensorflow", "jax", "torch"}


def test_the_package_is_backend_neutral_but_for_the_device():
    users = {path.name for path in PACKAGE if top_names(path) & {"tensorflow", "jax", "torch"}}
    assert users == {"execution.py"}


@pytest.mark.parametrize("path", sorted((ROOT / "ae_core" / "variants").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_variants_do_not_know_each_other(path):
    others = {f"ae_core.variants.{name}" for name in variants.registry()}
    assert not imports(path) & others


def test_nothing_branches_on_a_variant_s_name():
    for path in PACKAGE + PAGES:
        text = path.read_text()
        if not any(f'"{name}"' in text for name in variants.registry()):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Compare):
                words = {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)}
                assert not words & set(variants.registry()), f"{path.name}:{node.lineno} compares with a variant's name"


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("module", LIGHT)
def test_what_the_web_process_loads_is_light(module):
    code = (
        f"import sys, ae_core.{module} as loaded; getattr(loaded, 'registry', dict)(); "
        "print(*({'keras', 'tensorflow', 'jax', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def public_things():
    for found in pkgutil.walk_packages(ae_core.__path__, "ae_core."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        yield found.name, module
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield f"{found.name}.{name}", thing
            if inspect.isclass(thing):
                for method, function in vars(thing).items():
                    # What a framework calls by name is documented there: Keras's methods, and a tree visitor's.
                    called = method in KERAS_METHODS or method.startswith("visit_")
                    if not method.startswith("_") and inspect.isfunction(function) and not called:
                        yield f"{found.name}.{name}.{method}", function


KERAS_METHODS = {"call", "build", "compute_output_shape", "on_epoch_begin", "on_epoch_end"}


def test_public_things_are_documented():
    missing = [name for name, thing in public_things() if not (thing.__doc__ or "").strip()]
    assert not missing
    endless = [
        name
        for name, thing in public_things()
        if not thing.__doc__.strip().split("\n\n")[0].rstrip().endswith((".", "`", "?"))
    ]
    assert not endless, "a docstring begins with a sentence"


def test_no_assert_outside_tests():
    for path in PACKAGE + PAGES:
        text = path.read_text()
        tree = ast.parse(text if "assert" in text else "")
        asserts = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        assert not asserts, f"{path.name}: {asserts}"


def test_the_top_level_holds_what_was_agreed():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listing.splitlines() if not line.startswith(".")}
    assert top <= {
        "app.py",
        "pages",
        "ae_core",
        "assets",
        "tests",
        "pyproject.toml",
        "README.md",
        "requirements.txt",
        "requirements-gpu.txt",
        "packages.txt",
    }


def test_requirements_are_pinned_and_hold_what_the_project_names():
    for file in ("requirements.txt", "requirements-gpu.txt", "tests/requirements.txt"):
        lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith("#")]
        assert all("==" in line for line in lines), file
    cpu, gpu = (ROOT / "requirements.txt").read_text(), (ROOT / "requirements-gpu.txt").read_text()
    assert "tensorflow-cpu==" in cpu
    assert "nvidia-" not in cpu
    assert "nvidia-" in gpu


def test_each_room_says_what_it_is_for_in_a_page():
    rooms = {path.parent for path in PACKAGE if path.parent.parent == ROOT / "ae_core"}
    rooms |= {path.parent for path in PAGES if path.parent.is_relative_to(ROOT / "pages" / "ui")}
    rooms |= {ROOT / "assets" / "javascript", ROOT / "tests"}
    missing = [room.name for room in rooms if not (room / "README.md").is_file()]
    assert not missing, f"no README: {', '.join(missing)}"
    long = [room.name for room in rooms if len((room / "README.md").read_text(encoding="utf-8").splitlines()) > 40]
    assert not long, f"more than a page: {', '.join(long)}"


def unescaped(node: ast.expr) -> list[str]:
    """Names in an expression whose values reach Markdown as they are."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("escape.markdown", "len"):
        return []
    if isinstance(node, ast.Name) and node.id != "_":
        return [node.id]
    children = (child.value if isinstance(child, ast.keyword) else child for child in ast.iter_child_nodes(node))
    return [name for child in children if isinstance(child, ast.expr) for name in unescaped(child)]


def test_sentences_that_may_quote_somebody_are_no_markdown():
    for path in PAGES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("st.error", "st.warning", "st.info"):
                assert not unescaped(node.args[0]), f"{path.name}:{node.lineno} wants escape.markdown"


def test_the_readme_is_read_in_a_few_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900


def test_few_values_have_no_type_and_nothing_escapes_the_formatter():
    untyped, skipped = "dict[str, " + "Any]", "fmt: " + "skip"  # in two parts, so that this file counts for nothing
    texts = [path.read_text(encoding="utf-8") for path in (*PACKAGE, *PAGES, *(ROOT / "tests").rglob("*.py"))]
    assert sum(text.count(untyped) for text in texts) <= 60
    assert sum(text.count(skipped) for text in texts) == 0
