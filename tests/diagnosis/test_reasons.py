"""Reasons that are true of some runs only: each is given where it holds, and another one where it does not."""

import numpy as np
import pytest
from msgspec.structs import replace

from ae_core.messages import Inputs
from tests.diagnosis.trainings import falling, found, mark, names, setup, snapshot

DIGITS = Inputs(offset=0.25, spread=0.26, widest=0.45, zeros=0.75, mean_mse=0.068)
FLAT = [*falling(30, end=0.02, pace=0.4)]
WORSE = {"test_mse": 0.024}  # than PCA's 0.02
KEPT = {"variant": "sparse", "sparsity": "k_sparse", "active_count": 25}
CODEBOOK = {"variant": "vector_quantized", "codebook_size": 64, "commitment_weight": 0.25}


def test_a_large_code_of_which_few_numbers_stay_cannot_copy():
    large = {"code_size": 256, "input_size": 100}
    finding = found("code_larger", setup(settings=KEPT, **large), snapshot())
    assert finding.tone == "info"
    assert "Only 25 of them may be other than 0" in finding.why
    for count in (100, 256):  # as many as the input has: they may hold it
        assert (
            found("code_larger", setup(settings=KEPT | {"active_count": count}, **large), snapshot()).tone == "warning"
        )
    penalised = setup(("sparsity",), settings=KEPT | {"sparsity": "l1"}, **large)
    assert "Only the penalty" in found("code_larger", penalised, snapshot(terms={"sparsity": []})).why
    spread = setup(("mmd",), settings={"variant": "wasserstein", "mmd_weight": 10.0}, **large)
    told = found("code_larger", spread, snapshot(terms={"mmd": []}))
    assert told.tone == "warning" and "simply copy" in told.why, "copies may lie as draws from the prior do"


def test_a_code_of_entries_is_not_larger_than_the_input_because_they_are_long():
    entries = setup(("commitment",), settings=CODEBOOK, code_size=128, input_size=100)
    assert "code_larger" not in names(entries, snapshot(terms={"commitment": []}))


def test_why_a_code_does_no_better_than_pca():
    def why(terms=(), numbers=WORSE, **settings):
        given = setup(terms, settings=settings, total_epochs=40)
        return found(
            "like_pca", given, snapshot(FLAT, terms={name: [0.001] * 30 for name in terms}, numbers=numbers)
        ).why

    told = why(("commitment",), WORSE | {"code_bits": 96.0, "perplexity": 40.0, "codebook_size": 64}, **CODEBOOK)
    assert "names entries of its codebook: 96 bits" in told and "“Codebook size K” or more positions" in told
    told = why(**KEPT | {"active_count": 5})
    assert "all of its 32 numbers" in told and "only 5 at a time" in told and "“Active units k”" in told
    assert "5 at a time" in why(numbers={"test_mse": 0.2}, **KEPT | {"active_count": 5}), "that is not stuck"
    slow = snapshot(falling(30, pace=0.03), terms={"commitment": [0.001] * 30}, numbers=WORSE, state="done")
    entries = setup(("commitment",), settings=CODEBOOK, total_epochs=30)
    assert "entries" in found("like_pca", entries, slow).why, "more epochs change nothing of that"
    assert "One layer each way" in why(variant="sparse", sparsity="k_sparse", active_count=32), "all are kept"
    for deep in ({"variant": "recurrent", "recurrent_units": [128]}, {"variant": "masked", "depth": 2}):
        assert "hidden layers" in why(**deep)
    some = setup(settings={"widths": [64]}, total_epochs=40)
    parrot = found("like_pca", some, snapshot(FLAT, falling(30, end=0.01, pace=0.4), numbers={"test_mse": 0.2})).why
    assert "by heart" in parrot and "“Training images”" in parrot
    linear = why(variant="undercomplete", linear=True, widths=[128])
    assert "the best that a linear network can do" in linear and "bends" not in linear


def test_who_is_shown_damage_beats_pca_by_undoing_it():
    done = snapshot(falling(60), numbers={"test_mse": 0.012}, state="done")
    clean = setup(total_epochs=60)
    damaged = replace(clean, settings=clean.settings | {"noise_factor": 0.5})
    assert "bends" in found("better_than_pca", clean, done).why
    told = found("better_than_pca", damaged, done).why
    assert "undo the damage" in told and "bends" not in told
    calm = replace(done, marks=[mark(1.0, "noise_factor", 0.5, 0.0)])
    assert "bends" in found("better_than_pca", damaged, calm).why


def test_while_the_price_of_a_nat_rises_what_is_paid_for_them_says_nothing():
    paid = np.linspace(0.001, 0.02, 12).tolist()
    bound = {"variant": "variational", "kl_weight": 1.0}
    slow, none = (setup(("kl",), settings=bound | {"kl_warm_up": epochs}) for epochs in (20.0, 0.0))
    early = snapshot(falling(12), terms={"kl": paid})
    assert "nats per image" in found("kl_rises", none, early).sentence
    told = found("kl_rises", slow, early)
    assert told.sentence.startswith("The KL term of the loss rises") and "to “β” in the first 20 epochs" in told.why
    late = snapshot(falling(32, pace=0.05), terms={"kl": [0.001] * 20 + paid})
    assert "nats per image" in found("kl_rises", slow, late).sentence, "after the warm-up"

    dear = {"kl": np.linspace(0.0, 0.4, 20).tolist() + [0.4] * 12}
    assert "climbs" in found("learning_rate_high", none, snapshot(falling(32), terms=dear)).sentence
    assert "learning_rate_high" not in names(slow, snapshot(falling(32), terms=dear))
    wild = {"kl": [0.001] * 20 + np.linspace(0.001, 0.4, 12).tolist()}
    assert "climbs" in found("learning_rate_high", slow, snapshot(falling(32), terms=wild)).sentence


def test_entries_that_nobody_chooses_begin_anew_and_are_not_said_to_stay():
    used = {"perplexity": 9.4, "codebook_size": 512}
    why = found("codebook_unused", setup(settings=CODEBOOK), snapshot(falling(20), numbers=used)).why
    assert "begin anew" in why and "never learns" not in why and "“Codebook size K”" in why


@pytest.mark.parametrize(
    ("term", "settings"),
    [
        ("mmd", {"variant": "wasserstein", "mmd_weight": 1000.0}),
        ("adversarial", {"variant": "adversarial", "adversarial_weight": 10.0}),
    ],
)
def test_an_empty_code_is_not_cheap_where_codes_must_lie_as_random_draws_do(term, settings):
    given = setup((term,), inputs=DIGITS, settings=settings)
    lost = {"test_mse": 0.0681, "pca_mse": 0.045}
    message = snapshot(falling(30, end=0.068, start=0.07), terms={term: [0.4, *[0.1] * 29]}, numbers=lost)
    why = found("penalty_too_large", given, message).why
    assert "random draws" in why and "empty code" not in why and "Lower “Penalty λ”" in why


def test_who_learns_from_some_classes_is_not_blamed_or_praised_for_pictures_of_the_others():
    numbers = {"test_mse": 0.0681, "pca_mse": 0.045, "active_units": 1.0}
    flat = snapshot(falling(30, end=0.068, start=0.07), numbers=numbers)
    every = setup(inputs=DIGITS)
    some = replace(every, settings=every.settings | {"normal": "0"})
    assert {"same_picture", "pixel_accuracy"} <= set(names(every, flat))
    assert not {"same_picture", "pixel_accuracy"} & set(names(some, flat))
    better = snapshot(falling(60), numbers={"test_mse": 0.012}, state="done")
    assert "better_than_pca" in names(replace(every, total_epochs=60), better)
    assert "better_than_pca" not in names(replace(some, total_epochs=60), better)
    bound = setup(("kl",), inputs=DIGITS, settings={"variant": "variational", "normal": "0"}, total_epochs=30)
    nats = {"kl": 6.2, "kl_per_dimension": [3.0, 3.2], "test_mse": 0.041, "pca_mse": 0.045}
    assert "blurred" not in names(bound, snapshot(falling(30), terms={"kl": [0.008] * 30}, numbers=nats, state="done"))


def test_what_comes_back_upside_down_may_be_as_usual_as_the_rest():
    done = snapshot(falling(30), numbers={"test_mse": 0.004, "turned_mse": 0.0046}, state="done")
    finding = found("copies", setup(inputs=DIGITS, total_epochs=30), done)
    assert "never saw" not in finding.sentence
    assert finding.why.startswith("Unless your images look alike either way up")


def test_who_learns_by_heart_is_not_told_that_it_has_not_begun():
    lost = {"test_mse": 0.0681, "pca_mse": 0.045}
    held = [*falling(30, end=0.068, start=0.07)]
    assert "same_picture" in names(setup(inputs=DIGITS), snapshot(held, numbers=lost))
    assert "same_picture" not in names(setup(inputs=DIGITS), snapshot(held, falling(30, end=0.03), numbers=lost))


def test_units_that_can_come_to_life_are_not_called_dead_too_early():
    silent = {"active_units": 0.6}
    for activation, expected in (("relu", True), ("sigmoid", False)):
        given = setup(settings={"code_activation": activation})
        assert ("dead_units" in names(given, snapshot(falling(20), numbers=silent, step=120))) == expected
        assert "dead_units" in names(given, snapshot(falling(20), numbers=silent)), "after 2,000 steps"


def test_a_unit_that_is_never_among_the_largest_is_dead_because_of_that():
    given = setup(settings=KEPT | {"active_count": 5})
    why = found("dead_units", given, snapshot(falling(20), numbers={"active_units": 0.3})).why
    assert "Only the 5 largest" in why and "Try a larger “Active units k” or a lower “Learning rate”" in why


def test_a_term_that_jumps_at_any_rate_is_not_blamed_on_the_rate():
    jumping = (0.05 + 0.02 * (-1.0) ** np.arange(40)).tolist()
    for term, settings in (("mmd", {"variant": "wasserstein"}), ("adversarial", {"variant": "adversarial"})):
        given = setup((term,), settings=settings)
        assert "learning_rate_high" not in names(given, snapshot(falling(40), terms={term: jumping}))
        climbing = {term: np.linspace(0.001, 0.3, 40).tolist()}
        assert "learning_rate_high" not in names(given, snapshot(falling(40), terms=climbing))
        pictures = falling(40) + 0.002 * (-1.0) ** np.arange(40)
        assert "jumps" in found("learning_rate_high", given, snapshot(pictures, terms={term: [0.01] * 40})).sentence
    sparse = setup(("sparsity",), settings={"variant": "sparse", "sparsity_weight": 1.0})
    assert "jumps" in found("learning_rate_high", sparse, snapshot(falling(40), terms={"sparsity": jumping})).sentence
