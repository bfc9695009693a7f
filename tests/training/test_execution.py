"""How a model is run: how much arithmetic it takes, against counts by hand; chunks; what a process is told."""

import importlib.util
import os
import subprocess
import sys

import keras
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from ae_core.models.layers.transformer import transformer_block
from ae_core.training import cache, classifier, description, execution
from ae_core.training.execution import multiply_adds
from ae_core.variants import read_settings
from tests.conftest import ROOT

L = keras.layers


def count(*layers, shape):
    hidden = inputs = keras.Input(shape)
    for layer in layers:
        hidden = layer(hidden)
    return multiply_adds(keras.Model(inputs, hidden).layers)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (L.Dense(7), (5,), 5 * 7),
        (L.Dense(7), (3, 5), 3 * 5 * 7),
        (L.EinsumDense("abc,cd->abd", (3, 7)), (3, 5), 3 * 5 * 7),
        (L.Conv2D(4, 3, padding="same"), (8, 6, 2), 8 * 6 * 3 * 3 * 2 * 4),
        (L.Conv2D(4, 3, strides=2, padding="same"), (8, 6, 2), 4 * 3 * 3 * 3 * 2 * 4),
        (L.GRU(10), (28, 5), 28 * (5 + 10) * 3 * 10),
        (L.LSTM(10, return_sequences=True), (28, 5), 28 * (5 + 10) * 4 * 10),
        (L.Bidirectional(L.LSTM(10)), (28, 5), 2 * 28 * (5 + 10) * 4 * 10),
        (L.Flatten(), (28, 5), 0),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_weights_count_once_for_each_place_where_they_are_used(layer, shape, expected):
    assert count(layer, shape=shape) == expected


def test_attention_holds_every_place_against_every_other():
    places, width = 9, 8
    projections, widening = 4 * width * width, 2 * width * 2 * width
    comparisons = 2 * places * places * width
    expected = places * (projections + widening) + comparisons
    assert count(transformer_block(places, width, 2, "block"), shape=(places, width)) == expected


@pytest.mark.parametrize(("steps", "wanted"), [(235, 32), (210, 42), (10, 256), (1, 1), (7, 3), (97, 20), (5000, 256)])
def test_chunks_divide_an_epoch_with_little_left_over(steps, wanted):
    chunk, taken = execution.even_chunks(steps, wanted)
    assert taken % chunk == 0
    assert 1 <= chunk <= min(steps, 2 * wanted)
    assert steps - taken <= 0.05 * steps


# A training is made ready and nothing else is called: afterwards XLA makes a sum by itself.
SUMMED = """
import os
from ae_core.training import classifier, description, warm_up
from ae_core.training.session import TrainingSession
from ae_core.variants import read_settings
imported = os.environ["XLA_FLAGS"]
for seed in (0, 1):
    TrainingSession(read_settings({"variant": "vanilla", "dataset": "digits", "seed": seed}))
import tensorflow as tf
mean = tf.function(lambda pixels: tf.reduce_mean(pixels), jit_compile=True)
compiled = mean.experimental_get_compiler_ir(tf.ones((256, 28, 28, 1)))(stage="optimized_hlo")
print("reduce" in compiled, "ynn" in compiled, imported, os.environ["XLA_FLAGS"])
"""
GIVEN = "--xla_cpu_enable_fast_math=false"


@pytest.mark.slow(seconds=15)
def test_xla_sums_by_itself_in_whatever_trains_and_an_import_changes_nothing():
    done = subprocess.run(
        [sys.executable, "-c", SUMMED],
        cwd=ROOT,
        env=os.environ | {"XLA_FLAGS": GIVEN},
        capture_output=True,
        text=True,
        check=True,
    )
    reduces, by_that_library, imported, *flags = done.stdout.splitlines()[-1].split()
    assert (reduces, by_that_library) == ("True", "False"), "one sum of that library takes a seventh of a step"
    assert imported == GIVEN
    assert flags == [execution.OWN_SUMS, GIVEN], "once, and before what was given"


@pytest.mark.parametrize("begins", ["cache.prepare", "classifier.classify", "classifier.classify_saved", "describe"])
def test_nothing_begins_without_setting_the_process_up(begins, monkeypatch, tmp_path):
    class CalledError(Exception):
        pass

    def called() -> None:
        raise CalledError

    monkeypatch.setattr(execution, "configure", called)
    given = read_settings({"variant": "vanilla", "dataset": "digits"})
    (tmp_path / "model.keras").touch()
    calls = {
        "cache.prepare": lambda: cache.prepare(given),
        "classifier.classify": lambda: classifier.classify(None, None),  # type: ignore[arg-type]
        "classifier.classify_saved": lambda: classifier.classify_saved(tmp_path, given),
        "describe": lambda: description.describe(given),
    }
    with pytest.raises(CalledError):
        calls[begins]()


@pytest.mark.parametrize(("given", "kept"), [(None, "false"), ("true", "true")])
def test_jax_leaves_room_on_a_card_unless_somebody_wants_all_of_it(given, kept, monkeypatch):
    name = "XLA_PYTHON_CLIENT_PREALLOCATE"
    monkeypatch.setenv(name, given or "")
    if given is None:
        monkeypatch.delenv(name)
    configure_jax("0.9.0", monkeypatch)
    assert os.environ[name] == kept


@pytest.mark.parametrize(
    ("version", "given", "flags"),
    [
        ("0.11.2", "", ["--xla_gpu_enable_triton_gemm=false"]),
        ("0.11.2", GIVEN, ["--xla_gpu_enable_triton_gemm=false", GIVEN]),
        ("0.11.2", "--xla_gpu_enable_triton_gemm=true", ["--xla_gpu_enable_triton_gemm=true"]),
        ("9.0.0", GIVEN, [GIVEN]),
    ],
    ids=["nothing given", "another flag given", "chosen by the host", "a version nobody has tried"],
)
def test_on_jax_no_product_is_written_in_many_ways_to_find_the_fastest(version, given, flags, monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", given)
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    for _ in range(2):
        configure_jax(version, monkeypatch)
        assert os.environ["XLA_FLAGS"].split() == flags


def configure_jax(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this version of JAX were installed."""
    monkeypatch.setattr(execution.metadata, "version", lambda name: version)
    execution._configure_jax()


def test_linear_algebra_has_few_threads_where_there_are_many_cores(monkeypatch):
    for name in execution.THREADS:
        monkeypatch.setenv(name, "1")
        monkeypatch.delenv(name)  # and whatever was there comes back
    with threadpool_limits():  # which ends what is set within
        before = max(pool["num_threads"] for pool in threadpool_info())
        execution.bound_threads(execution.MOST_THREADS)
        assert max(pool["num_threads"] for pool in threadpool_info()) == before, "there is a core for each"
        threadpool_limits(16)
        execution.bound_threads(16)
        assert {pool["num_threads"] for pool in threadpool_info()} == {execution.MOST_THREADS}
        assert {os.environ[name] for name in execution.THREADS} == {str(execution.MOST_THREADS)}


KEPT = """
import sys
from pathlib import Path
from ae_core.training import execution
execution.keep_programs(Path(sys.argv[1]))
import jax
jax.jit(lambda x: x @ x)(jax.numpy.ones((8, 8)))
"""


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_a_program_that_jax_compiled_is_kept_on_disk(tmp_path):
    subprocess.run([sys.executable, "-c", KEPT, str(tmp_path)], cwd=ROOT, check=True)
    assert bool(list(tmp_path.glob("*-cache"))) == (importlib.util.find_spec("filelock") is not None)


def test_a_card_compiles_convolutions_too_and_does_more_steps_in_a_chunk(monkeypatch):
    inputs = keras.Input((28, 28, 1))
    layers = keras.Model(inputs, L.Conv2D(16, 3, padding="same")(inputs)).layers
    plans = []
    for device in ("CPU, 2 cores", "a card"):
        monkeypatch.setattr(execution, "device_name", lambda device=device: device)
        plans.append(execution.plan(layers, 256, augmented=False))
    (on_cpu, few), (on_card, many) = plans
    assert (on_cpu, on_card) == (keras.backend.backend() == "jax", True)
    assert few < many <= execution.LONGEST_CHUNK


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("chosen", "used"), [({}, True), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, False)])
def test_tensorflow_uses_the_library_that_convolves_fast(chosen: dict[str, str], used: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    done = subprocess.run(
        [sys.executable, "-c", "import ae_core, tensorflow"],
        cwd=ROOT,
        env=environment | chosen | {"TF_CPP_MIN_LOG_LEVEL": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("oneDNN custom operations are on" in done.stderr) == used


@pytest.mark.slow(seconds=1)
def test_the_time_of_a_training_is_told_before_it_begins(monkeypatch):
    monkeypatch.setattr(execution, "device_name", lambda: "CPU, 2 cores")
    usual = {"variant": "vanilla", "dataset": "digits", "epochs": 50}

    def seconds(epochs: int) -> float:
        return description.describe(read_settings(usual | {"epochs": epochs}))["seconds"]

    assert 0.5 < seconds(50) < 20
    later = seconds(450) - seconds(250), seconds(250) - seconds(150)
    assert later[0] == pytest.approx(2 * later[1]), "more epochs, no more frames"
    assert seconds(2) < seconds(50) / 3, "fewer steps, fewer frames"
    wild = usual | {"variant": "stacked", "batch_size": 1, "widths": "4096,4096", "latent_dim": 1024, "epochs": 500}
    assert description.describe(read_settings(wild))["seconds"] > 86_400, "each step moves all weights"
