"""Rules about the loss over time: does it learn, too fast, too slowly, too long?"""

import math

import numpy as np

from ae_core.diagnosis.evidence import TO_THE_PRIOR, Curve, Evidence, Finding, percent, short
from ae_core.diagnosis.limits import LIMITS
from ae_core.translation import in_a_row


def not_finite(seen: Evidence) -> Finding | None:
    """The loss is infinite or not a number any more, or was so when the training diverged."""
    history, diverged_at = seen.snapshot.history, seen.snapshot.diverged_at
    newest: list[object] = [history[name][-1] for name in ("loss", "val_loss") if history.get(name)]
    newest.append(seen.numbers.get("test_mse"))
    if diverged_at is None and all(not isinstance(value, int | float) or math.isfinite(value) for value in newest):
        return None
    _ = seen.translate
    if seen.unscaled and seen.inputs is not None:
        why = _(
            "The data are not scaled (values spread by up to {widest}), so the steps were far too large. Set {scaling} "
            "to Standardize and start again."
        ).format(widest=short(seen.inputs.widest), scaling=seen.label("scaling"))
    else:
        why = _(
            "The steps were so large that the weights grew beyond all bounds, and they do not come back. Lower {rate} "
            "from {now} to {next} and start again."
        ).format(**seen.rate(0.1))
        why = in_a_row(why, *_large_penalties(seen))
    sentence = _("The loss is no longer a number.")
    if diverged_at is not None:
        sentence = _("The training diverged at step {step}: the loss is no longer a number.").format(
            step=f"{diverged_at:,}"
        )
    return Finding("not_finite", "warning", sentence, why)


def learning_rate_high(seen: Evidence) -> Finding | None:
    """The loss climbs, jumps about, or has stopped early at a high rate."""
    # A discriminator learns, too, and draws differ: such terms jump at any rate.
    checked = seen.curve("val_loss", under_this_rate=True, without=TO_THE_PRIOR)
    if len(checked) < LIMITS.least_points:
        return None
    sentence = _climbs(seen) or _jumps(seen, checked) or _stuck(seen)
    if not sentence:
        return None
    _ = seen.translate
    why = _(
        "The steps may be too large: they leap across the valley, or push units to where they no longer react. Lower "
        "{rate} from {now} to {next}; if nothing moves then, start again with it."
    ).format(**seen.rate(0.1))
    return Finding("learning_rate_high", "warning", sentence, in_a_row(why, *_large_penalties(seen)))


def _large_penalties(seen: Evidence) -> list[str]:
    """A sentence for each penalty that has a price."""
    labels = [seen.label(seen.tuner(name)) for name in seen.penalties()]
    return [seen.translate("A large {weight} makes large steps, too.").format(weight=weight) for weight in labels]


def _climbs(seen: Evidence) -> str:
    curve = seen.curve("loss", under_this_rate=True, without=TO_THE_PRIOR).after(seen.prices_rise_until)
    if len(curve) < LIMITS.least_points:
        return ""
    smooth = curve.smooth()
    if smooth[-1] <= LIMITS.diverged * smooth.min() or smooth.min() <= 0:
        return ""
    return seen.translate("The training loss climbs: from {low} to {now}.").format(
        low=short(smooth.min()), now=short(smooth[-1])
    )


def _jumps(seen: Evidence, checked: Curve) -> str:
    if len(checked) < 2 * LIMITS.least_points:
        return ""
    half = checked.value[len(checked) // 2 :]
    steps, progress = np.diff(half), abs(float(np.median(half[-3:]) - np.median(half[:3])))
    share = float(np.median(np.abs(steps))) / seen.above_floor(float(np.median(half)))
    detour = np.abs(steps).sum() >= LIMITS.rough_detour * progress and np.mean(steps > 0) >= LIMITS.rough_ups
    if share < LIMITS.rough_jump or not detour:
        return ""
    return seen.translate("The validation loss jumps up and down, by {share} of what it could still lose.").format(
        share=percent(share)
    )


def _stuck(seen: Evidence) -> str:
    checked, pca = seen.curve("val_reconstruction", under_this_rate=True), seen.snapshot.pca_loss
    if pca is None or not seen.rate_is_high:
        return ""
    if checked.epochs < LIMITS.least_epochs or penalty_dominates(seen) is not None:
        return ""
    now = float(checked.medians(4)[-1])
    if seen.above_floor(now) <= LIMITS.stopped_above * seen.above_floor(pca) or not seen.stopped(checked):
        return ""
    return seen.translate("The loss has stopped at {now}, above PCA's {pca}.").format(now=short(now), pca=short(pca))


def over_fitting(seen: Evidence) -> Finding | None:
    """The validation loss rises away from its lowest point while the training loss goes on falling."""
    checked, trained = seen.curve("val_reconstruction"), seen.curve("reconstruction")
    if len(checked) < 2 * LIMITS.least_points or len(trained) != len(checked):
        return None
    smooth, learnt = checked.smooth(), trained.smooth()
    lowest = int(smooth.argmin())
    lately = smooth[-max(5, len(smooth) // 5) :]
    rise = float(lately.min() - smooth[lowest])  # a bump is no rise
    if rise < LIMITS.over_fitting_rise * seen.above_floor(smooth[lowest]) or learnt[-1] >= learnt[lowest]:
        return None
    _ = seen.translate
    return Finding(
        "over_fitting",
        "warning",
        _("Over-fitting: the validation loss has risen from {low} at epoch {epoch:.0f} to {now}.").format(
            low=short(smooth[lowest]), epoch=checked.epoch[lowest], now=short(smooth[-1])
        ),
        _(
            "The training loss still falls: the network learns its training images by heart. Try more {images}, a "
            "smaller {code}, noise on the input, or fewer {epochs}."
        ).format(images=seen.label("train_size"), code=seen.label("latent_dim"), epochs=seen.label("epochs")),
    )


def penalty_dominates(seen: Evidence) -> Finding | None:
    """Penalties cost more than the error of the pictures."""
    error = seen.curve("reconstruction")
    names = [name for name in seen.penalties() if name != "kl"]
    curves = [seen.curve(name) for name in names]
    if error.epochs < LIMITS.least_epochs or any(len(curve) < LIMITS.least_points for curve in [error, *curves]):
        return None
    then, now = error.medians(4)[2:]
    costs = {name: curve.medians(4)[2:] for name, curve in zip(names, curves, strict=True)}
    total = np.sum(list(costs.values()), axis=0)
    if not costs or total[0] <= then or total[1] <= now:
        return None
    _ = seen.translate
    largest = max(costs, key=lambda name: costs[name][-1])
    return Finding(
        "penalty_dominates",
        "warning",
        _("The penalty costs more than the error of the pictures: {penalty} against {error}.").format(
            penalty=short(total[1]), error=short(now)
        ),
        _(
            "The network lowers the loss by a small penalty instead of a good picture. Lower {weight} (now {value})."
        ).format(weight=seen.label(seen.tuner(largest)), value=short(seen.now(seen.tuner(largest)))),
    )


def learning_rate_low(seen: Evidence) -> Finding | None:
    """The loss creeps down a straight line, and PCA's is out of reach."""
    checked, pca = seen.curve("val_reconstruction", under_this_rate=True), seen.snapshot.pca_loss
    if len(checked) < LIMITS.least_points or checked.epochs < LIMITS.least_epochs or pca is None:
        return None
    if seen.learning_rate > dict(LIMITS.low_rates).get(str(seen.settings.get("optimizer")), 0.0):
        return None
    start, middle, now = checked.smooth()[[0, len(checked) // 2, -1]]
    pace = (middle - now) / (checked.epoch[-1] - checked.epoch[len(checked) // 2])
    straight = middle - now > LIMITS.straight * (start - middle) > 0
    if not straight or pace > LIMITS.slow_fall * seen.above_floor(now) or now - pace * seen.epochs_left <= pca:
        return None
    _ = seen.translate
    return Finding(
        "learning_rate_low",
        "warning",
        _("The loss creeps down a straight line, by {share} an epoch.").format(share=percent(pace / now)),
        _(
            "The steps are too small: at this pace it does not come near PCA's {pca} in time. "
            "Raise {rate} from {now} to {next}."
        ).format(pca=short(pca), **seen.rate(10.0)),
    )


def unfinished(seen: Evidence) -> Finding | None:
    """A training that ended while it was still learning."""
    checked = seen.curve("val_reconstruction")
    done = seen.snapshot.state == "done"
    if not done or checked.epochs < LIMITS.least_epochs or len(checked) < LIMITS.least_points:
        return None
    if not seen.still_falls(checked):
        return None
    _start, before, now = checked.medians(3)
    _ = seen.translate
    return Finding(
        "unfinished",
        "info",
        _("The validation loss was still falling at the end, by {share} over the last third of its epochs.").format(
            share=percent(1 - now / before)
        ),
        _("More {epochs} would still make better pictures.").format(epochs=seen.label("epochs")),
    )


def near_floor(seen: Evidence) -> Finding | None:
    """Most of a cross-entropy that grey pixels keep above zero."""
    checked = seen.curve("val_reconstruction")
    if not seen.floor or len(checked) < LIMITS.least_points:
        return None
    now = float(checked.medians(4)[-1])
    if not LIMITS.floor_share * now < seen.floor < now:
        return None
    _ = seen.translate
    return Finding(
        "near_floor",
        "info",
        _("The loss cannot fall below {floor}: of {now} only {rest} can still be saved.").format(
            floor=short(seen.floor), now=short(now), rest=short(now - seen.floor)
        ),
        _(
            "Cross-entropy takes a pixel for the chance of being white, and a grey pixel leaves doubt: a perfect "
            "reconstruction of these images would still have {floor}."
        ).format(floor=short(seen.floor)),
    )


def validation_lower(seen: Evidence) -> Finding | None:
    """The validation loss lies below the training loss, which looks like a mistake and is none."""
    checked, trained = seen.curve("val_reconstruction"), seen.curve("reconstruction")
    if len(checked) < LIMITS.least_points or len(trained) != len(checked) or checked.epochs < LIMITS.least_epochs:
        return None
    pairs = list(zip(trained.medians(3)[1:], checked.medians(3)[1:], strict=True))
    if any(learnt - held < LIMITS.validation_gap * seen.above_floor(held) for learnt, held in pairs):
        return None
    _ = seen.translate
    if seen.settings.get("augmentation", "none") != "none":
        why = _(
            "Training images are moved or turned ({augmentation}), which makes them harder; validation images stay as "
            "they are."
        )
    elif seen.still_falls(trained):
        why = _(
            "The training loss is the mean over the steps since the point before, the validation loss is measured "
            "after the last of them, when the network knows more. The gap closes as learning slows down."
        )
    else:
        why = _(
            "Both are measured with the same noise and without the penalties, so the validation images happen to be "
            "the easier ones, as they are few. A larger {share} tells more."
        )
    learnt, held = pairs[-1]
    return Finding(
        "validation_lower",
        "info",
        _("The validation loss, {held}, is below the training loss, {learnt}: that is no mistake.").format(
            held=short(held), learnt=short(learnt)
        ),
        why.format(augmentation=seen.label("augmentation"), share=seen.label("validation_share")),
    )
