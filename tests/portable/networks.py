"""Networks as a browser gets them, with what Keras makes of some examples; and what Node.js makes of the same."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ae_core import data, variants
from ae_core.models.autoencoder import Autoencoder, in_batches
from ae_core.portable import layers
from ae_core.portable.block import Block
from ae_core.portable.description import Array, Codes, Description, Examples, Part, Portable
from ae_core.portable.network import portable
from ae_core.settings import Settings
from ae_core.variants import read_settings

COUNT = 20
CLOSE = 1e-4

# What `Autoencoder`s differ in where a browser computes them; each is read by `read_settings`.
CASES: dict[str, Mapping[str, Any]] = {
    "vanilla": {"variant": "vanilla", "code_activation": "gelu"},
    "stacked": {"variant": "stacked", "activation": "elu", "tied": True, "latent_dim": 2},
    "undercomplete": {"variant": "undercomplete", "linear": True},
    "sparse": {"variant": "sparse"},
    "k-sparse": {"variant": "sparse", "sparsity": "k_sparse", "active_count": 3, "widths": "20"},
    "denoising": {"variant": "denoising", "activation": "tanh"},
    "contractive": {"variant": "contractive"},
    "convolutional": {"variant": "convolutional"},
    "feature maps": {"variant": "convolutional", "spatial": True, "activation": "sigmoid"},
    "variational": {"variant": "variational", "latent_dim": 2},
    "variational convolutional": {"variant": "variational", "network": "convolutional"},
    "wasserstein": {"variant": "wasserstein", "tied": True},
    "adversarial": {"variant": "adversarial"},
    "vector-quantised": {"variant": "vector_quantized", "codebook_size": 13, "code_dim": 3},
    "vector-quantised convolutional": {"variant": "vector_quantized", "network": "convolutional"},
    "recurrent": {"variant": "recurrent"},
    "recurrent both ways": {"variant": "recurrent", "bidirectional": True, "cell": "gru", "recurrent_units": "9,7"},
    "recurrent rows": {"variant": "recurrent", "dataset": "breast_cancer", "cell": "gru", "values_per_step": 7},
    "masked, odd patches": {"variant": "masked", "patch_size": 5, "token_dim": 18, "heads": 4},
    "standardized": {"variant": "vanilla", "scaling": "standardize"},
    "vectors": {"variant": "stacked", "dataset": "waves"},
    "rows": {"variant": "denoising", "dataset": "breast_cancer"},
    "series": {"variant": "convolutional", "dataset": "pumps", "channels": "6,4,3"},
    "colours": {"variant": "convolutional", "dataset": "sprites"},
    "colours, dense": {"variant": "variational", "dataset": "sprites"},
}


@dataclass
class Made:
    """A network's file for the browser, some raw examples, and what Keras makes of them."""

    content: bytes
    raw: np.ndarray
    examples: np.ndarray
    codes: np.ndarray
    reconstructions: np.ndarray
    spread: np.ndarray


def settings_of(case: Mapping[str, Any]) -> Settings:
    """Settings of a case."""
    return read_settings({"dataset": "digits", "latent_dim": 8, **case})


def shake(*networks: keras.Model) -> None:
    """Changes all weights of networks, so that no bias is zero any more and no output is like another."""
    random = np.random.default_rng(0)
    weights = {id(variable): variable for network in networks for variable in network.weights}
    for variable in weights.values():
        variable.assign(np.asarray(variable) + random.normal(0, 0.1, variable.shape).astype(np.float32))


def answer_of(settings: Settings, folder: Path) -> tuple[Portable, Autoencoder]:
    """What a worker answers for a run of these settings, and the model that the run has."""
    tables = data.prepare(data.load(settings.dataset), settings)
    model = variants.get(settings.variant).build(settings, tables.spec)
    shake(model.features, model.decoder)
    model.standalone().save(folder / "model.keras")
    return portable(folder / "model.keras", settings, "a-run"), model


def made(case: Mapping[str, Any], folder: Path) -> Made:
    """A network by its settings, and real examples of its data set."""
    settings = settings_of(case)
    answer, model = answer_of(settings, folder)
    assert answer.why == ""
    dataset = data.load(settings.dataset)
    tables = data.prepare(dataset, settings)
    raw, examples = dataset.x_test[:COUNT], tables.fed(tables.x_test[:COUNT])
    codes, features = model.encode(examples), np.asarray(model.features(examples))
    spread = features[:, codes.shape[1] :] if settings.variant == "variational" else np.empty(0)
    return Made(answer.content, raw, examples, codes, model.decode(codes), spread)


def packed(encoder: keras.Model, decoder: keras.Model, examples: np.ndarray) -> Made:
    """A network that is made of any layers."""
    shake(encoder, decoder)
    block = Block()
    made = with_parts(layers.part(encoder, block), layers.part(decoder, block), block, examples)
    codes = in_batches(encoder, examples)
    return replace(made, codes=codes, reconstructions=in_batches(decoder, codes))


def with_parts(encoder: Part, decoder: Part, block: Block, examples: np.ndarray) -> Made:
    """A network whose parts are described already; what it makes of the examples is not known."""
    one = block.add(np.ones(1))
    description = Description(
        run_id="a-run",
        examples=Examples(list(examples.shape[1:]), True, one, block.add(np.zeros(1)), []),
        encoder=encoder,
        decoder=decoder,
        codes=Codes(1, Array(0, [1]), None),
    )
    unknown = np.empty(0)
    return Made(block.pack(description), examples, examples, unknown, unknown, unknown)


def by_node(networks: list[Made], folder: Path) -> list[dict[str, np.ndarray]]:
    """Codes, reconstructions and spreads of the examples of networks, as Node.js computes them."""
    tasks = []
    for place, one in enumerate(networks):
        network, examples = folder / f"{place}.bin", folder / f"{place}.f32"
        network.write_bytes(one.content)
        examples.write_bytes(one.examples.astype("<f4").tobytes())
        tasks.append({"network": str(network), "examples": str(examples), "count": len(one.examples)})
    script = Path(__file__).with_name("compute.mjs")
    done = subprocess.run(["node", script], input=json.dumps(tasks), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [{name: np.asarray(values) for name, values in one.items()} for one in json.loads(done.stdout)]


def check(one: Made, found: dict[str, np.ndarray], case: str) -> None:
    """What was computed elsewhere is what Keras computes."""
    for name in ("codes", "reconstructions", "spread"):
        wanted = getattr(one, name).ravel()
        np.testing.assert_allclose(found[name], wanted, rtol=CLOSE, atol=CLOSE, err_msg=f"{name} of {case}")
        assert wanted.size == 0 or np.ptp(wanted) > 0.01, f"{name} of {case} are all alike"
