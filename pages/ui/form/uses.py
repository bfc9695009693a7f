"""What one would train an autoencoder for, each one press: data and settings that work, and what to look at."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st

from ae_core.settings import Settings
from ae_core.variants import first_settings, read_settings
from pages.ui import state
from pages.ui.form.form import Form
from pages.ui.state import Session
from pages.ui.words.language import _

KEY = "use"  # of the chips


@dataclass(frozen=True)
class Use:
    """One of them.

    Args:
        label: One to three words.
        look: A sentence: what to look at when it trains, and afterwards.
        wanted: Settings that differ from those that a form of this variant begins with, and the variant.
    """

    label: str
    look: str
    wanted: Mapping[str, str | int | float | tuple[int, ...]]

    @property
    def settings(self) -> Settings:
        """The whole experiment."""
        begun = first_settings(str(self.wanted["variant"])).to_dict()
        return read_settings(begun | dict(self.wanted))


# Each trains for less than a minute on two cores, on data that need no network.
USES: Mapping[str, Use] = MappingProxyType(
    {
        "compress": Use(
            "Compress",
            "The error beside that of PCA with as many numbers, 16 instead of 784; when it is done, below, the bits of "
            "the code beside those of PCA and of JPEG with the same error.",
            {"variant": "stacked", "dataset": "mnist_5k", "latent_dim": 16, "epochs": 40},
        ),
        "clean": Use(
            "Clean",
            "The rows of the grid: what came in, noisy, and what comes out.",
            {"variant": "denoising", "dataset": "mnist_5k", "epochs": 30},
        ),
        "odd": Use(
            "Find the odd one",
            "Learns zeros only. When it is done, press “Find the odd ones” below: every other digit should stand out.",
            {"variant": "stacked", "dataset": "mnist_5k", "latent_dim": 8, "epochs": 60, "normal": "0"},
        ),
        "machine": Use(
            "Watch a machine",
            "Learns only pumps that work well. When it is done, press “Find the odd ones” below: faults stand out.",
            {
                "variant": "stacked",
                "dataset": "pumps",
                "latent_dim": 8,
                "widths": (128, 64),
                "epochs": 60,
                "batch_size": 32,
                "normal": "normal",
            },
        ),
        "generate": Use(
            "Generate",
            "The panel of samples, which no one has written; on Explore, draw some more.",
            {"variant": "variational", "dataset": "mnist_5k", "latent_dim": 8, "epochs": 60},
        ),
        "fill": Use(
            "Fill in",
            "Half of the pixels are blotted out: the grid shows what the network puts there.",
            {"variant": "denoising", "dataset": "mnist_5k", "noise": "masking", "noise_factor": 0.5, "epochs": 30},
        ),
        "genes": Use(
            "Look at genes",
            "The map: types of cells part although no label was seen. 1-NN accuracy says how well, beside that of two "
            "principal components.",
            {"variant": "stacked", "dataset": "genes", "latent_dim": 2, "epochs": 30, "batch_size": 32},
        ),
        "recommend": Use(
            "Recommend",
            "The grid: what people would say of films that they have not seen, told from the few that they have.",
            {
                "variant": "denoising",
                "dataset": "ratings",
                "latent_dim": 8,
                "epochs": 40,
                "noise": "masking",
                "noise_factor": 0.3,
            },
        ),
        "few_labels": Use(
            "Few labels",
            "When it is done, train a classifier with 100 labels below: the code beside raw pixels.",
            {"variant": "stacked", "dataset": "mnist_5k", "latent_dim": 32, "epochs": 40},
        ),
        "cluster": Use(
            "Cluster",
            "The map: classes part although no label was seen. On Explore, lay the codes out by t-SNE.",
            {"variant": "stacked", "dataset": "mnist_5k", "latent_dim": 2, "epochs": 60},
        ),
    }
)


def offer(own: Session) -> None:
    """Draws the chips, and says what to look at while the form is as one of them has set it.

    Args:
        own: The session, whose form they change.
    """
    chosen = now(own.form)
    if own.arrived or st.session_state.get(KEY) != chosen:
        st.session_state[KEY] = chosen
    st.pills(
        _("What for?"),
        list(USES),
        key=KEY,
        format_func=lambda name: _(USES[name].label),
        on_change=_chosen,
        help=_("Sets data, variant and settings that work; Start trains them in less than a minute."),
    )
    if chosen is not None:
        st.caption(_(USES[chosen].look))


def now(form: Form) -> str | None:
    """The use whose settings a form has; None if it has others.

    Args:
        form: The form.
    """
    return next((name for name in USES if _set(name) == (form.variant, form.chosen)), None)


@functools.cache
def _set(name: str) -> tuple[str, dict[str, object]]:
    """What a form holds that a use has set."""
    form = Form()
    form.adopt(USES[name].settings)
    return form.variant, form.chosen


def _chosen() -> None:
    name = st.session_state[KEY]
    if name is None:
        return  # pressed once more: the form stays as it is
    own = state.session()
    own.form.adopt(USES[name].settings)
    own.notices, own.failure = [], ""
