"""Rules about the code: is it used, is it worth more than PCA's, what does it cost?"""

from ae_core.diagnosis.evidence import TO_THE_PRIOR, Evidence, Finding, percent, short
from ae_core.diagnosis.limits import LIMITS
from ae_core.translation import in_a_row


def codebook_unused(seen: Evidence) -> Finding | None:
    """Few entries of the codebook make up nearly all choices."""
    used, size = seen.number("perplexity"), seen.number("codebook_size")
    if used is None or not size or used >= LIMITS.codebook_share * size or not _settled(seen):
        return None
    _ = seen.translate
    return Finding(
        "codebook_unused",
        "warning",
        _("The codebook is used as if it had {used:.0f} entries instead of {size:,.0f}.").format(used=used, size=size),
        _(
            "Nearly all codes lie by the same few entries; the others are chosen seldom, or begin anew again and "
            "again. A smaller {codebook} or a lower {rate} may serve as well."
        ).format(codebook=seen.label("codebook_size"), rate=seen.label("learning_rate")),
    )


def collapsed(seen: Evidence) -> Finding | None:
    """Dimensions of a variational code whose KL is next to nothing."""
    nats = seen.list_of("kl_per_dimension")
    silent = [place for place, value in enumerate(nats, 1) if value < LIMITS.collapsed_nats]
    if not silent or not _settled(seen):
        return None
    _ = seen.translate
    weight = seen.label(seen.tuner("kl"))
    if len(silent) == len(nats):
        sentence = _("The code says nothing: its KL is below {limit} nats per image in every dimension.")
        why = _("The decoder ignores the code and paints one mean picture (posterior collapse). Lower {weight}.")
    else:
        sentence = _("Collapsed code dimensions (KL below {limit} nats per image): {count} of {all}, number {places}.")
        why = _(
            "They say nothing: what they could tell is not worth its price in KL, so the decoder does without. A "
            "lower {weight} brings some back; a smaller {code} would serve as well."
        )
    named = ", ".join(str(place) for place in silent[: LIMITS.most_named])
    if len(silent) > LIMITS.most_named:
        named = _("{some} and {count} more").format(some=named, count=len(silent) - LIMITS.most_named)
    return Finding(
        "collapsed",
        "warning" if len(silent) > LIMITS.collapse_share * len(nats) else "info",
        sentence.format(count=len(silent), all=len(nats), limit=LIMITS.collapsed_nats, places=named),
        why.format(weight=weight, code=seen.label("latent_dim")),
    )


def dead_units(seen: Evidence) -> Finding | None:
    """Code units that have one value for all images."""
    share, size = seen.number("active_units"), seen.setup.code_size
    known = {"kl_per_dimension", "perplexity"} & set(seen.numbers)  # those say it better
    if share is None or share >= LIMITS.active_share or known or not seen.whole:
        return None
    relu = seen.settings.get("code_activation") == "relu"
    if len(seen.curve("loss")) < LIMITS.least_points or not (relu or _settled(seen)):  # others may only begin late
        return None
    _ = seen.translate
    why = [_("They have one value for every image, so they tell the decoder nothing.")]
    if relu:
        why.append(_("A ReLU that is pushed below zero by a large step gets no gradient and stays there."))
    remedies = [_("a lower {weight}").format(weight=seen.label(seen.tuner(name))) for name in seen.penalties()]
    if seen.kept is not None:
        why.append(
            _(
                "Only the {count} largest numbers of a code stay: a unit that is never among them gets no gradient."
            ).format(count=seen.kept)
        )
        remedies.append(_("a larger {kept}").format(kept=seen.label("active_count")))
    remedies.append(_("a lower {rate} (now {now})").format(**seen.rate()))
    why.append(_("Try {remedies}.").format(remedies=_(" or ").join(remedies)))
    return Finding(
        "dead_units",
        "warning" if share < LIMITS.few_active else "info",
        _("Dead units of the code: {count:,.0f} of {size:,}.").format(count=(1 - share) * size, size=size),
        in_a_row(*why),
    )


def not_sparse(seen: Evidence) -> Finding | None:
    """A finished training whose units are far more active than the penalty asked."""
    activation, target = seen.number("mean_activation"), seen.now("sparsity_target")
    if activation is None or activation <= LIMITS.at_rest * target or not (seen.ended and seen.whole):
        return None
    _ = seen.translate
    penalty = seen.tuner("sparsity")
    return Finding(
        "not_sparse",
        "info",
        _("The code is less sparse than was asked: its mean activation is {activation}, not {target}.").format(
            activation=short(activation), target=short(target)
        ),
        _(
            "A good picture still counts for more than the penalty. A larger {weight} (now {now}) makes the code "
            "sparser, and the error larger; more {epochs} bring it nearer, too."
        ).format(weight=seen.label(penalty), now=short(seen.now(penalty)), epochs=seen.label("epochs")),
    )


def code_larger(seen: Evidence) -> Finding | None:
    """A code with more numbers than the input, each of which may be anything."""
    code, size, kept = seen.setup.code_size, seen.setup.input_size, seen.kept
    if code <= size or seen.now("codebook_size"):  # numbers of entries are not free: the code is the choice of these
        return None
    _ = seen.translate
    held = True
    if kept is not None and kept < size:
        why = _("Only {count} of them may be other than 0 at a time, which keeps the network from copying.")
    elif not set(seen.penalties()) <= set(TO_THE_PRIOR) or seen.now("noise_factor") > 0:
        why = _("Only the penalty or the noise keeps the network from copying.")
    else:
        held = False
        why = _("The network could simply copy and learn nothing. Lower {code}.")
    return Finding(
        "code_larger",
        "info" if held else "warning",
        _("The code ({code:,} numbers) is larger than the input ({size:,}).").format(code=code, size=size),
        why.format(count=kept, code=seen.label("latent_dim")),
    )


def kl_rises(seen: Evidence) -> Finding | None:
    """The price of a variational code goes up while its pictures get better: no cause for alarm."""
    if seen.ended:
        return None
    _, until = seen.translate, seen.prices_rise_until
    now = _price_that_rises(seen, until)
    if now is not None:
        return Finding(
            "kl_rises",
            "info",
            _("The KL rises, now {now} nats per image, while the pictures get better: that is as it should be.").format(
                now=short(seen.number("kl") or now * seen.setup.input_size)
            ),
            _("The code begins to tell images apart, and what it tells has its price in KL. It levels off later."),
        )
    if until and _price_that_rises(seen, 0.0) is not None:
        return Finding(
            "kl_rises",
            "info",
            _("The KL term of the loss rises while the pictures get better: that is as it should be."),
            _(
                "Its weight grows to {weight} in the first {epochs} epochs, so that the code is put to use before it "
                "costs."
            ).format(weight=seen.label(seen.tuner("kl")), epochs=short(until)),
        )
    return None


def _price_that_rises(seen: Evidence, since: float) -> float | None:
    """What KL costs by now, if that has risen after an epoch while the error fell."""
    price, error = (seen.curve(name).after(since) for name in ("kl", "reconstruction"))
    if min(len(price), len(error)) < LIMITS.least_points:
        return None
    _before, then, now = price.medians(3)
    _before, error_then, error_now = error.medians(3)
    if now < max(LIMITS.kl_rise * then, LIMITS.kl_seen * error_now) or error_now >= error_then:
        return None
    return float(now)


def like_pca(seen: Evidence) -> Finding | None:
    """A finished training that does no better than PCA with as many numbers."""
    error, rival = seen.number("test_mse"), seen.number("pca_mse")
    checked = seen.curve("val_reconstruction")
    if error is None or rival is None or rival < LIMITS.perfect_mse or not seen.whole:
        return None
    if seen.settings.get("normal"):  # most test examples are odd then, and are not meant to be drawn well
        return None
    if error < LIMITS.like_pca * rival or len(checked) < LIMITS.least_points or checked.epochs < LIMITS.least_epochs:
        return None
    if not seen.ended and (seen.epochs_left > seen.epoch or not seen.stopped(checked)):
        return None
    _ = seen.translate
    numbers = {"error": short(error), "rival": short(rival)}
    if seen.settings.get("linear") and error <= LIMITS.found_pca * rival:
        return Finding(
            "like_pca",
            "good",
            _("The linear network has found what PCA finds: test MSE {error}, PCA {rival}.").format(**numbers),
            _("With linear layers and squared error nothing better exists; layers that bend can do more."),
        )
    if seen.now("codebook_size"):
        why = _(
            "PCA may give its numbers any value, this code only names entries of its codebook: {bits} bits in all. A "
            "larger {codebook} or more positions tell more."
        )
    elif seen.kept is not None:
        why = _(
            "PCA uses all of its {size:,} numbers for every image, this code only {count} at a time. A larger {kept} "
            "gives better pictures, and a code that is less sparse."
        )
    elif seen.still_falls(checked):
        why = _("It was still learning when it ended. Try more {epochs} or a higher {rate}.")
    elif seen.penalties():
        why = _(
            "PCA has no penalty to pay: what the penalty buys is another kind of code. A lower weight gives better "
            "pictures."
        )
    elif seen.by_heart:
        why = _(
            "It knows its training images much better than others: it has begun to learn them by heart. Try more "
            "{images}, a smaller {code} or noise on the input."
        )
    elif error > LIMITS.far_from_pca * rival:
        why = _(
            "The linear code of PCA does much better, so the training has got stuck on its way. Try another {rate} or "
            "{optimizer}, or more {epochs}."
        )
    elif seen.settings.get("linear"):
        why = _(
            "PCA is the best that a linear network can do, and it has not come so near yet. Try a lower {rate} or "
            "more {epochs}."
        )
    elif not any(seen.settings.get(name) for name in ("widths", "channels", "recurrent_units", "depth")):
        why = _("One layer each way can hardly do more than PCA. A deeper variant bends the code around the images.")
    else:
        why = _("The layers have made no use of their bends. Try wider or more hidden layers, or a lower {rate}.")
    if error <= rival / LIMITS.like_pca:
        text = _("Test MSE {error} is about what PCA has with the same code size, {rival}.")
    else:
        text = _("Test MSE {error} is above PCA's {rival} with the same code size.")
    labels = {name: seen.label(name) for name in ("epochs", "optimizer")} | seen.rate()
    labels |= {"kept": seen.label("active_count"), "codebook": seen.label("codebook_size")}
    labels |= {"images": seen.label("train_size"), "code": seen.label("latent_dim")}
    labels |= {"bits": f"{seen.number('code_bits') or 0:,.0f}"}
    why = why.format(size=seen.setup.code_size, count=seen.kept, **labels)
    return Finding("like_pca", "info", text.format(**numbers), why)


def better_than_pca(seen: Evidence) -> Finding | None:
    """The error is clearly below PCA's."""
    error, rival = seen.number("test_mse"), seen.number("pca_mse")
    if error is None or rival is None or rival < LIMITS.perfect_mse or not seen.whole:
        return None
    if seen.settings.get("normal"):  # most test examples are odd then: who draws them well does not find them
        return None
    if error > LIMITS.better_than_pca * rival:
        return None
    _ = seen.translate
    why = _("Test MSE {error} against {rival}: PCA can only lay a flat plane through the images, the network bends it.")
    if seen.now("noise_factor") > 0:
        why = _(
            "Test MSE {error} against {rival}, both shown damaged images: the network has learnt to undo the damage, "
            "PCA knows the undamaged ones only."
        )
    return Finding(
        "better_than_pca",
        "good",
        _("{share} less error than PCA with a code of the same size.").format(share=percent(1 - error / rival)),
        why.format(error=short(error), rival=short(rival)),
    )


def _settled(seen: Evidence) -> bool:
    """Whether every part of the code has had its chance by now."""
    return seen.whole and (seen.ended or seen.snapshot.step >= LIMITS.settled_steps)
