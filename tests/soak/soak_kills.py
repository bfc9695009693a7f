"""The store of runs, whose writer is killed a thousand times; the suite kills it 25 times."""

from pathlib import Path

from tests.runs.test_damage import killed


def test_a_process_killed_a_thousand_times_leaves_only_whole_runs(tmp_path: Path) -> None:
    assert killed("1000", tmp_path) > 10_000
