"""The quick checks: on small data every idea must at least pull the right way. A new check is a new entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ae_core import variants
from ae_core.measuring import metrics
from ae_core.reference.measurement import Bench
from ae_core.reference.quantities import Quantity, of_best_filter, of_noisy_images, pca_squared_error, tested
from ae_core.reference.row import REACHED
from ae_core.reference.trial import train
from ae_core.settings import Settings

DATASET = "digits"
# Small batches: the end of an epoch costs more than its steps.
COMMON: Mapping[str, Any] = MappingProxyType(
    {"schedule": "cosine", "epochs": 12, "batch_size": 32, "learning_rate": 0.003}
)


@dataclass(frozen=True)
class Side:
    """One number of one training.

    Args:
        text: What it is, for a person.
        settings: The experiment; what it leaves out is `COMMON`, then the variant's own default.
        quantity: Reads the number from the finished trial.
    """

    text: str
    settings: Mapping[str, Any]
    quantity: Quantity

    def experiment(self) -> Settings:
        """All its settings."""
        return variants.read_settings({"dataset": DATASET, **COMMON, **self.settings})


@dataclass(frozen=True)
class Check:
    """A direction: how one number must stand to another.

    Args:
        name: For `--only`.
        claim: What is claimed, one sentence.
        ours: The number that the claim is about.
        other: What it is held against.
        want: How it must stand to it, a name in `REACHED`.
        tolerance: By which share it may miss it; negative: by which share it must do better.
    """

    name: str
    claim: str
    ours: Side
    other: Side
    want: str = "at most"
    tolerance: float = 0.0


@dataclass(frozen=True)
class Finding:
    """What a check came to.

    Args:
        check: The check.
        ours: Its first number.
        other: Its second.
        ok: Whether the claim holds.
    """

    check: Check
    ours: float
    other: float
    ok: bool

    @property
    def line(self) -> str:
        """One line for a person."""
        check = self.check
        return (
            f"{'ok    ' if self.ok else 'failed'}  {check.name}: {check.claim} "
            f"({check.ours.text} {self.ours:.4g}, {check.other.text} {self.other:.4g})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return {
            "check": self.check.name,
            "claim": self.check.claim,
            "ours": self.ours,
            "other": self.other,
            "ok": self.ok,
        }


Case = tuple[str, Mapping[str, Any]]


def _pair(name: str, claim: str, quantity: Quantity, ours: Case, other: Case, **limits: Any) -> Check:
    """A check of the same number of two trainings, each given as a text and its settings."""
    return Check(name, claim, Side(ours[0], ours[1], quantity), Side(other[0], other[1], quantity), **limits)


TWIN = {"variant": "undercomplete", "linear": True, "latent_dim": 8, "epochs": 30, "learning_rate": 0.01}
DENOISER = {"variant": "denoising", "noise_factor": 0.5, "loss": "mse"}
NARROW = {"variant": "stacked", "latent_dim": 2, "loss": "mse", "epochs": 20}
PLAIN = {"variant": "vanilla", "code_activation": "linear", "loss": "mse"}
SPARSE = {"variant": "sparse", "sparsity": "l1", "latent_dim": 64}
CONTRACTIVE = {"variant": "contractive", "code_activation": "linear"}
CONVOLUTIONAL = {"variant": "convolutional", "spatial": True, "loss": "mse", "epochs": 6, "learning_rate": 0.01}
VARIATIONAL = {"variant": "variational", "latent_dim": 8}
CLEAN = tested("mse")

_ALL = (
    Check(
        "twin",
        "The linear twin does as PCA does.",
        Side("its error", TWIN, CLEAN),
        Side("PCA's", TWIN, tested("pca_mse")),
        "equal",
        0.05,
    ),
    Check(
        "depth",
        "With two numbers a deep network beats PCA.",
        Side("its error", NARROW, CLEAN),
        Side("PCA's", NARROW, tested("pca_mse")),
        tolerance=-0.1,
    ),
    Check(
        "denoiser",
        "The denoiser's picture is closer to the clean one than the noisy one is.",
        Side("its error", DENOISER, CLEAN),
        Side("of the noisy picture", DENOISER, of_noisy_images(metrics.mean_squared_error)),
        tolerance=-0.5,
    ),
    Check(
        "filter",
        "The denoiser beats the best filter.",
        Side("its error", DENOISER, CLEAN),
        Side("the filter's", DENOISER, of_best_filter(metrics.mean_squared_error)),
        tolerance=-0.1,
    ),
    _pair(
        "noise",
        "More noise leaves a larger error.",
        CLEAN,
        ("with factor 0.8", DENOISER | {"noise_factor": 0.8}),
        ("with 0.5", DENOISER),
        want="at least",
        tolerance=-0.1,
    ),
    _pair(
        "code-size",
        "A larger code leaves a smaller error.",
        CLEAN,
        ("with 32 numbers", PLAIN | {"latent_dim": 32}),
        ("with 4", PLAIN | {"latent_dim": 4}),
        tolerance=-0.2,
    ),
    _pair(
        "sparsity",
        "The penalty makes the code sparser.",
        tested("population_sparsity"),
        ("with it", SPARSE | {"sparsity_weight": 0.0002}),
        ("without", SPARSE | {"sparsity_weight": 0.0}),
        want="at least",
        tolerance=-0.05,
    ),
    _pair(
        "price-of-sparsity",
        "And the pictures pay for it.",
        CLEAN,
        ("with it", SPARSE | {"sparsity_weight": 0.0002}),
        ("without", SPARSE | {"sparsity_weight": 0.0}),
        want="at least",
        tolerance=-0.05,
    ),
    _pair(
        "contraction",
        "The penalty makes the code calmer.",
        tested("jacobian_norm"),
        ("with it", CONTRACTIVE | {"contraction_weight": 0.01}),
        ("without", CONTRACTIVE | {"contraction_weight": 0.0}),
        tolerance=-0.2,
    ),
    Check(
        "convolution",
        "A code of feature maps tells more than 16 principal components.",
        Side("its error", CONVOLUTIONAL, tested("squared_error_per_image")),
        Side("PCA's", CONVOLUTIONAL, pca_squared_error(16)),
        tolerance=-0.1,
    ),
    _pair(
        "price-of-information",
        "β raises the price of KL: fewer nats are used.",
        tested("kl"),
        ("with β = 4", VARIATIONAL | {"kl_weight": 4.0}),
        ("with β = 1", VARIATIONAL | {"kl_weight": 1.0}),
        tolerance=-0.1,
    ),
    _pair(
        "price-in-pictures",
        "And the pictures pay for it.",
        CLEAN,
        ("with β = 4", VARIATIONAL | {"kl_weight": 4.0}),
        ("with β = 1", VARIATIONAL | {"kl_weight": 1.0}),
        want="at least",
        tolerance=-0.05,
    ),
)

CHECKS: Mapping[str, Check] = MappingProxyType({check.name: check for check in _ALL})


def available() -> tuple[Check, ...]:
    """The checks whose variants exist, in order."""
    known = variants.registry()
    return tuple(
        check
        for check in CHECKS.values()
        if {check.ours.settings["variant"], check.other.settings["variant"]} <= set(known)
    )


def find(check: Check, bench: Bench) -> Finding:
    """Runs one check.

    Raises:
        SettingError: If its settings do not fit.
    """
    ours, other = (side.quantity(bench.trial(train, side.experiment())) for side in (check.ours, check.other))
    return Finding(check, ours, other, REACHED[check.want](ours, other, check.tolerance))
