"""Rules about what comes out: is it more than one mean picture, is it blurred, is it a mere copy?"""

from ae_core.diagnosis.evidence import Evidence, Finding, percent, short
from ae_core.diagnosis.limits import LIMITS


def same_picture(seen: Evidence) -> Finding | None:
    """What comes out is no better than the mean picture, whatever goes in."""
    if seen.inputs is None or not nothing_learnt(seen) or _dearest(seen) is not None:
        return None
    _ = seen.translate
    if seen.number("active_units") == 0:
        why = _(
            "The code has one value for every image, so the decoder can only paint the mean of them all. Start again "
            "with a lower {rate} (now {now}) or another {seed}."
        )
    elif seen.rate_is_high:
        why = _(
            "The mean is the first thing learnt, and large steps leap over all that comes after it. Start again with a "
            "lower {rate} (now {now})."
        )
    elif seen.snapshot.step <= LIMITS.few_steps * seen.epoch:
        why = _(
            "The mean is the first thing learnt, and the rest has not begun in {steps} steps: an epoch has few of them "
            "here. Try a smaller {batch} (now {size}), which makes more, or more {epochs}."
        )
    else:
        why = _(
            "The mean is the first thing learnt, and the rest has not begun yet. Try more {epochs} or a higher {rate} "
            "(now {now})."
        )
    return Finding(
        "same_picture",
        "warning",
        _("The pictures are no better than one mean picture for all: test MSE {error}, that picture's {mean}.").format(
            error=short(seen.number("test_mse") or 0.0), mean=short(seen.inputs.mean_mse)
        ),
        why.format(
            epochs=seen.label("epochs"),
            seed=seen.label("seed"),
            steps=f"{seen.snapshot.step:,}",
            batch=seen.label("batch_size"),
            size=f"{seen.now('batch_size'):.0f}",
            **seen.rate(),
        ),
    )


def penalty_too_large(seen: Evidence) -> Finding | None:
    """Nothing but the mean picture is learnt, because anything else has its price."""
    name = _dearest(seen)
    if seen.inputs is None or name is None or not nothing_learnt(seen):
        return None
    weight = seen.now(seen.tuner(name))
    _ = seen.translate
    return Finding(
        "penalty_too_large",
        "warning",
        _("At this penalty nothing is learnt: test MSE {error}, one mean picture for all has {mean}.").format(
            error=short(seen.number("test_mse") or 0.0), mean=short(seen.inputs.mean_mse)
        ),
        _(
            "An empty code costs nothing, and any other costs more than the better pictures are worth. Lower {weight} "
            "from {now} to {next}."
        ).format(weight=seen.label(seen.tuner(name)), now=short(weight), next=short(weight / 10)),
    )


def pixel_accuracy(seen: Evidence) -> Finding | None:
    """Most pixels are black: to count those that are right says nothing."""
    if seen.inputs is None or not nothing_learnt(seen) or not seen.setup.unit_range or len(seen.setup.shape) != 3:
        return None
    if seen.inputs.zeros < LIMITS.mostly_black:
        return None
    _ = seen.translate
    return Finding(
        "pixel_accuracy",
        "info",
        _("{share} of the pixels are black: a black picture has as many right without having learnt anything.").format(
            share=percent(seen.inputs.zeros)
        ),
        _(
            "So the share of right pixels, which Keras calls accuracy, looks good here and means nothing; and it "
            "counts a grey that is nearly right as wrong. Go by the error and by the pictures."
        ),
    )


def blurred(seen: Evidence) -> Finding | None:
    """A variational code, and pictures that lack much of what tells images apart."""
    error, nats = seen.number("test_mse"), seen.number("kl")
    if seen.inputs is None or error is None or not nats or "kl" not in seen.penalties():
        return None
    lost = error / max(seen.inputs.mean_mse, LIMITS.perfect_mse)
    if not seen.ended or not seen.whole or not LIMITS.blurred < lost < LIMITS.same_picture:
        return None
    _ = seen.translate
    return Finding(
        "blurred",
        "info",
        _("The pictures are blurred: a code holds {nats} nats, and {share} of what tells images apart is lost.").format(
            share=percent(lost), nats=short(nats)
        ),
        _(
            "A code is a cloud here, not a point. Where clouds overlap the decoder paints the mean of all images it "
            "may be about, which is why a plain autoencoder of the same size has less error. A lower {weight} (now "
            "{value}) gives sharper pictures and a code that is worse to sample from."
        ).format(weight=seen.label(seen.tuner("kl")), value=short(seen.now(seen.tuner("kl")))),
    )


def copies(seen: Evidence) -> Finding | None:
    """Images unlike any that it has learnt come back as well as the others."""
    error, turned = seen.number("test_mse"), seen.number("turned_mse")
    if seen.inputs is None or error is None or turned is None or not seen.ended or not seen.whole:
        return None
    if error > LIMITS.learnt * seen.inputs.mean_mse or turned > LIMITS.turned * error:
        return None
    _ = seen.translate
    return Finding(
        "copies",
        "info",
        _("Images upside down, which it never saw, come back almost as well: MSE {turned} against {error}.").format(
            turned=short(turned), error=short(error)
        ),
        _(
            "The network copies whatever comes, so no large error would give an anomaly away. A smaller {code}, "
            "noise on the input or a penalty makes it know its own images only."
        ).format(code=seen.label("latent_dim")),
    )


def nothing_learnt(seen: Evidence) -> bool:
    """Whether a network that had its chance is no better than the mean example, where PCA with its code is."""
    error, rival = seen.number("test_mse"), seen.number("pca_mse")
    if seen.inputs is None or error is None or rival is None or not seen.whole:
        return False
    had_its_chance = seen.ended or seen.snapshot.step >= LIMITS.settled_steps
    if not had_its_chance or len(seen.curve("loss")) < LIMITS.least_points:
        return False
    return rival < LIMITS.same_picture * seen.inputs.mean_mse <= error


def _dearest(seen: Evidence) -> str | None:
    """The loss term of the penalty that cost most, if it was worth saving; KL has a rule of its own."""
    if seen.rate_is_high or not len(seen.curve("reconstruction")):
        return None
    least = LIMITS.felt_penalty * seen.above_floor(float(seen.curve("reconstruction").value[-1]))
    curves = {name: seen.curve(name) for name in seen.penalties() if name != "kl"}
    highest = {name: float(curve.value.max()) for name, curve in curves.items() if len(curve)}
    felt = {name: cost for name, cost in highest.items() if cost > least}
    return max(felt, key=lambda name: felt[name]) if felt else None
