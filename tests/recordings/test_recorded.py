"""The recordings that ship with the app: one for each variant, small, whole, and showing that something is learnt."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from ae_core import figures, variants
from ae_core.data import built_in
from ae_core.data.lookup import catalogue
from ae_core.diagnosis import diagnose
from ae_core.formats import picture_series
from ae_core.measuring.panels.filters import common_panels
from ae_core.portable import block
from ae_core.recordings import demonstrations, recording
from ae_core.runs.consistency import check_snapshot
from ae_core.training import session
from pages.ui.form.form import Form
from pages.ui.live import recorded, status

BEST_OF_PCA = 0.8  # of the error of PCA with two components: at most so much is left by the first experiment
MOST_BYTES = 300_000
MOST_BYTES_IN_ALL = 3_000_000
AGAIN = "The panels are other ones by now: python -m ae_core record"


SHIPPED = sorted(file.name.removesuffix(recording.SUFFIX) for file in recording.FOLDER.iterdir())


@pytest.fixture(params=SHIPPED)
def variant(request):
    return request.param


@pytest.fixture
def played(variant):
    return recording.load(recording.file_of(variant))


def test_it_is_small(variant):
    assert recording.file_of(variant).stat().st_size <= MOST_BYTES


def test_all_together_are_small_and_none_is_left_over():
    files = list(recording.FOLDER.iterdir())
    assert SHIPPED, "a page has something to play"
    assert {file.name for file in files} <= {recording.file_of(variant).name for variant in variants.registry()}
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES_IN_ALL


def test_it_shows_the_experiment_that_the_command_would_record(variant, played):
    setup, snapshots = played
    # A setting that came later is at its default in what was recorded before.
    assert variants.read_settings(setup.settings) == demonstrations.settings_of(variant)
    # Nobody's pictures from the network may stand in the repository.
    assert setup.settings["dataset"] in {*built_in.GENERATED, *built_in.SHIPPED}
    assert snapshots[0].step == 0
    assert snapshots[-1].step == setup.total_steps
    assert len(snapshots) >= 8


def test_it_learns_what_it_shows(played):
    first, last = played[1][0], played[1][-1]
    assert last.numbers["test_mse"] < 0.8 * first.numbers["test_mse"]
    assert np.mean(last.grid.errors) < np.mean(first.grid.errors)
    assert last.history["val_loss"][-1] < last.history["val_loss"][0]
    assert len(first.history["loss"]) == 0


def test_what_plays_on_a_first_visit_is_what_start_trains_and_beats_pca():
    setup, snapshots = recording.load(recording.file_of(variants.FIRST_VARIANT))
    first = variants.first_settings()
    assert variants.read_settings(setup.settings) == first
    assert first == Form().settings()
    assert (first.variant, first.dataset, setup.code_size) == ("stacked", "mnist_5k", 2)
    last = snapshots[-1]
    error, rival = last.numbers["test_mse"], last.numbers["pca_mse"]
    assert isinstance(error, float) and isinstance(rival, float)
    assert error < BEST_OF_PCA * rival
    assert [finding.tone for finding in diagnose(setup, replace(last, state="done"))] == ["good"]


def test_a_recorded_variational_code_is_told_why_it_is_blurred():
    setup, snapshots = recording.load(recording.file_of("variational"))
    assert "blurred" in [finding.name for finding in diagnose(setup, replace(snapshots[-1], state="done"))]


@pytest.mark.slow
def test_every_view_of_every_frame_can_be_drawn(variant, played):
    settings = demonstrations.settings_of(variant)
    spec = catalogue()[settings.dataset].seen(settings)
    model = variants.get(variant).build(settings, spec)
    setup, snapshots = played
    shown = {panel.name for panel in setup.panels}
    assert shown == {panel.name for panel in (*model.panels, *common_panels(model, spec))}, AGAIN
    for snapshot in snapshots:
        assert set(snapshot.panels) == shown
        assert figures.loss(setup, snapshot)["data"]
        assert figures.grid(setup, snapshot)["data"]
        assert figures.latent(setup, snapshot)["data"]
        for name in shown:
            assert figures.panel(setup, snapshot, name)["data"]


def test_its_pictures_are_pictures(played):
    setup, snapshots = played
    for png in [setup.atlas.png, *(snapshot.grid.png for snapshot in snapshots)]:
        with Image.open(io.BytesIO(png)) as picture:
            assert np.asarray(picture.convert("RGB")).std() > 10
    columns, (height, width) = setup.atlas.columns, setup.atlas.tile
    rows = -(-setup.atlas.count // columns)
    assert Image.open(io.BytesIO(setup.atlas.png)).size == (columns * width, rows * height)


def test_no_shade_of_the_small_pictures_is_transparent(played):
    setup, *_ = played
    with Image.open(io.BytesIO(setup.atlas.png)) as sheet:
        assert "transparency" not in sheet.info


def test_a_place_that_cannot_be_written_is_known_before_the_training(tmp_path, monkeypatch):
    monkeypatch.setattr(session, "TrainingSession", pytest.fail)
    settings = variants.read_settings({"dataset": "digits"})
    with pytest.raises(IsADirectoryError) as refused:
        demonstrations.record_to(tmp_path, settings, 3, lambda message: None)
    assert refused.value.filename == str(tmp_path)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_file(tmp_path):
    settings = variants.read_settings({"dataset": "digits", "train_size": 200, "epochs": 3, "latent_dim": 2})
    for name in ("one", "other"):
        demonstrations.record_to(tmp_path / name, settings, 3, lambda message: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    network = recording.load_network(tmp_path / "one")
    assert len(block.halved(network)) < recording.LARGEST_NETWORK and block.whole(block.halved(network)) == network
    setup, snapshots = recording.load(tmp_path / "one")
    assert len(setup.labels) == setup.atlas.count == len(snapshots[-1].latent) // 8 == recording.MOST_POINTS
    assert [len(snapshot.history["loss"]) for snapshot in snapshots] == [0, 1, 3]
    for snapshot in snapshots:
        check_snapshot(setup, replace(snapshot, seconds=0.0), "snapshot")
    planes = [snapshot.plane.png for snapshot in snapshots if snapshot.plane is not None]
    assert len(set(planes)) == len(snapshots), "a code of two numbers has a plane, which changes"
    assert np.asarray(Image.open(io.BytesIO(planes[-1])).convert("L")).std() > 5, "not blank"


def test_the_page_plays_the_chosen_variants_own_recording(variant):
    found = recorded.choose(variant)
    assert found is not None
    assert found.setup.settings["variant"] == variant
    assert recorded.choose(variant) is found


def test_explore_has_a_recorded_network_whatever_variant_is_chosen():
    for name in ("vanilla", "recurrent", "not recorded yet"):
        found = recorded.explorable(name)
        assert found is not None and found.network, "python -m ae_core record --variant vanilla"


def test_what_is_no_network_is_refused():
    for wrong in (b"", b"abc", b"\xff\xff\xff\x00{}"):
        with pytest.raises(ValueError, match="description before its numbers"):
            block.whole(wrong)


def test_the_page_says_that_a_variant_has_none_yet():
    assert recorded.choose("not recorded yet") is None
    for state in ("ready", "warming"):
        _tone, _word, sentence = status.of_engine(SimpleNamespace(status=state), None)  # type: ignore[arg-type]
        assert sentence.startswith("There is no recording of this variant yet. ")
        assert "Start" in sentence


def test_it_is_a_film_with_the_curves_of_its_whole_training(variant, played):
    found = recorded.named(f"recording-{variant}")
    assert found is recorded.choose(variant) and found is not None
    assert list(found.steps) == [snapshot.step for snapshot in played[1]]
    assert found.frame(found.steps[1]) == played[1][1] and found.frame(-1) is None
    assert found.newest == played[1][-1]
    assert recorded.named(variant) is None and recorded.named("recording-../x") is None


def test_a_series_of_pictures_comes_back_with_few_colours():
    random = np.random.default_rng(0)
    greys = (random.integers(0, 17, (3, 20, 30)) * 15).astype(np.uint8)
    solid = np.concatenate([np.repeat(greys[..., None], 3, axis=-1), np.full((3, 20, 30, 1), 255, np.uint8)], axis=-1)
    solid[:, 5] = 0  # a gap
    files = []
    for one in solid:
        stream = io.BytesIO()
        Image.fromarray(one).save(stream, "PNG")
        files.append(stream.getvalue())
    series = picture_series.encode(files, 40)
    assert series is not None
    for png, expected in zip(picture_series.decode(series), solid, strict=True):
        found = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
        np.testing.assert_array_equal(found[..., 3], expected[..., 3])
        np.testing.assert_array_equal(found[expected[..., 3] > 0], expected[expected[..., 3] > 0])
    with pytest.raises(ValueError, match="damaged"):
        picture_series.decode(replace(series, places=b"no"))
    with pytest.raises(ValueError, match="at most"):
        picture_series.decode(replace(series, size=(1 << 20, 1 << 20)))
