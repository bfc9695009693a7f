"""The recorded runs of lessons: each lesson has some, of its own experiments, small and whole."""

import io

import numpy as np
import pytest
from PIL import Image

from ae_core import figures, lessons
from ae_core.data import built_in
from ae_core.recordings import lessons as recorded
from pages.ui.live import drawn, film
from pages.ui.live import recorded as played

MOST_BYTES_IN_ALL = 3_000_000
AGAIN = "python -m ae_core lessons --record --only {names}"


def test_each_lesson_has_the_runs_of_its_own_experiments():
    missing = recorded.missing()
    assert not missing, AGAIN.format(names=",".join(missing))
    files = list(recorded.FOLDER.iterdir())
    assert {file.name for file in files} == {recorded.file_of(name).name for name in lessons.registry()}
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES_IN_ALL


def test_the_command_says_which_are_missing(tmp_path):
    assert recorded.missing(tmp_path) == list(lessons.registry())


@pytest.mark.parametrize("name", lessons.registry())
def test_its_films_play(name):
    for place, (run, measured) in enumerate(played.of_lesson(name)):
        known = recorded.run_id(name, place)
        assert film.film_of(known) is run and len(known) <= 40
        assert run.setup.settings["dataset"] in {*built_in.GENERATED, *built_in.SHIPPED}, "nobody's pictures"
        assert (run.steps[0], run.steps[-1]) == (0, run.setup.total_steps) and len(run.steps) >= 6
        first, last = drawn.both_ends(known, "en")
        assert b'"live_grid"' in first and b'"live_loss"' in last
        assert figures.grid(run.setup, run.newest)["data"]
        look = lessons.get(name).look
        assert bool(measured.picture) == (look is not None)
        if look is not None:
            with Image.open(io.BytesIO(measured.picture)) as sheet:
                assert np.asarray(sheet.convert("L")).std() > 10
