"""What the browser's parts are told that play with a network: the run's pictures, their classes, and words."""

import base64

from ae_core.figures.shared import COLOURS, Json, Translate
from ae_core.measuring.wording import about
from ae_core.messages import Setup
from ae_core.settings import DataSpec
from ae_core.web_page.explore_words import explore_words

WITH_A_PRIOR = frozenset({"kl", "mmd", "adversarial"})  # loss terms that make codes lie as draws from N(0, I) do


def exploration(setup: Setup, step: int, atlas_url: str, language: str, translate: Translate = str) -> Json:
    """Ready for JSON; `assets/javascript/types/explore.d.ts` says the same to the browser.

    Args:
        setup: The run's setup message.
        step: Its last step: another step is another network.
        atlas_url: Address of the pictures of the held-out examples.
        language: The reader's.
        translate: Turns an English sentence into that language.
    """
    atlas, spec = setup.atlas, DataSpec(tuple(setup.shape))
    return {
        "run": setup.run_id,
        "step": step,
        "steps": [step],
        "moving": False,
        "layouts": False,
        "language": language,
        "atlas": {"url": atlas_url, "columns": atlas.columns, "tile": list(atlas.tile), "count": atlas.count},
        "labels": base64.b64encode(setup.labels).decode("ascii"),
        "class_names": [str(name) for name in setup.class_names],
        "colours": list(COLOURS) if len(setup.class_names) > 1 else [COLOURS[0]],
        "shape": setup.shape,
        "noun": spec.noun,
        "columns": [{"name": one.name, "unit": one.unit, "category": one.category} for one in setup.columns],
        "rate": setup.rate,
        "prior": not WITH_A_PRIOR.isdisjoint(setup.terms),
        "noise": _noise(setup),
        "patch": patch if spec.is_image and isinstance(patch := setup.settings.get("patch_size"), int) else None,
        "words": explore_words(about(setup.shape, translate)),
    }


def unexplorable(setup: Setup) -> str:
    """One English sentence: why a run's examples cannot be played with; empty if they can.

    Args:
        setup: The run's setup message.
    """
    if DataSpec(tuple(setup.shape)).is_image and list(setup.atlas.tile) != setup.shape[:2]:
        return "The pictures of this run are too large to be explored in a browser."
    return ""


def _noise(setup: Setup) -> Json | None:
    """How a training damaged its pictures; None if it did not, or in a way that browsers are not told."""
    kind, factor = setup.settings.get("noise"), setup.settings.get("noise_factor")
    if not isinstance(kind, str) or not isinstance(factor, int | float):
        return None
    return {"kind": kind, "factor": factor, "unit_range": setup.unit_range}
