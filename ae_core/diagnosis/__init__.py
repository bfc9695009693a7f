"""What a run's numbers mean, in plain language: rules over its messages, each with its measured threshold.

Every rule looks at fields of the messages, never at a variant's name. It is silent where too little is known, and looks
at medians over stretches of the curve, so that noise neither calls it nor hushes it.
"""

from collections.abc import Callable

from ae_core.diagnosis import code, inputs, learning, pictures
from ae_core.diagnosis.evidence import Evidence, Finding, Translate
from ae_core.measuring.wording import about
from ae_core.messages import Setup, Snapshot

Rule = Callable[[Evidence], Finding | None]

RULES: tuple[Rule, ...] = (
    inputs.unscaled,
    inputs.outlier,
    pictures.penalty_too_large,
    learning.learning_rate_high,
    learning.over_fitting,
    learning.penalty_dominates,
    code.codebook_unused,
    code.collapsed,
    code.dead_units,
    code.not_sparse,
    learning.learning_rate_low,
    pictures.same_picture,
    code.code_larger,
    pictures.pixel_accuracy,
    code.kl_rises,
    code.better_than_pca,
    code.like_pca,
    pictures.blurred,
    pictures.copies,
    learning.validation_lower,
    learning.unfinished,
    learning.near_floor,
)

# What a warning explains need not be said of its effects too.
EXPLAINS = {
    "unscaled": {"learning_rate_high", "learning_rate_low", "same_picture", "dead_units", "like_pca", "unfinished"},
    "penalty_too_large": {
        "learning_rate_high",
        "penalty_dominates",
        "dead_units",
        "learning_rate_low",
        "like_pca",
        "unfinished",
    },
    "learning_rate_high": {"like_pca", "unfinished"},
    "learning_rate_low": {"same_picture", "like_pca", "unfinished"},
    "over_fitting": {"like_pca"},
    "penalty_dominates": {"like_pca"},
    "collapsed": {"same_picture", "like_pca"},
    "codebook_unused": {"same_picture"},
    "same_picture": {"like_pca", "unfinished", "near_floor"},
    "dead_units": {"learning_rate_low", "like_pca", "unfinished"},
}


def diagnose(setup: Setup, snapshot: Snapshot, translate: Translate = str) -> list[Finding]:
    """What can be said of a run by now, the most important first; nothing where too little is known.

    Args:
        setup: The run's setup message.
        snapshot: One of its snapshot messages.
        translate: Turns an English text into the reader's language.
    """
    evidence = Evidence(setup, snapshot, about(setup.shape, translate))
    broken = learning.not_finite(evidence)
    if broken is not None:
        return [broken]  # all other numbers follow from it
    alike = inputs.alike(evidence)
    if alike is not None:
        return [alike]  # and no other number means anything
    findings = [finding for finding in (rule(evidence) for rule in RULES) if finding is not None]
    causes = [finding.name for finding in findings if finding.tone == "warning"]
    effects = set().union(*(EXPLAINS.get(name, set()) for name in causes))
    findings = [finding for finding in findings if finding.name not in effects]
    return sorted(findings, key=lambda finding: finding.tone != "warning")  # else in the order of the rules
