"""Words from a dictionary: what a larger codebook is worth, and what it costs."""

from collections.abc import Mapping, Sequence

from ae_core.lessons.lesson import Answer, Experiment, Lesson, Row, See, SettingValue, Values, Why, always

POSITIONS = 16
WORDS: Mapping[str, SettingValue] = {
    "variant": "vector_quantized",
    "dataset": "mnist_5k",
    "latent_dim": POSITIONS,
    "epochs": 20,
    "batch_size": 64,
    "learning_rate": 0.003,
}


def _facts(runs: Sequence[Values]) -> Values:
    few, many = runs
    return {
        "bits_few": few["code_bits"],
        "bits_many": many["code_bits"],
        "longer": many["code_bits"] / few["code_bits"],
        "error": many["mse"] / few["mse"],
        "used": 100 * many["codebook_used"],
        "alike": many["perplexity"],
        "size": many["codebook_size"],
    }


LESSON = Lesson(
    number=10,
    title="Words from a dictionary",
    see=See(
        "vector_quantized",
        "panel",
        "How often each entry of the codebook is chosen; entries at 0 are dead.",
        "codebook",
    ),
    question=f"A picture is told in {POSITIONS} words from a dictionary, the codebook. With 256 entries instead of 4 "
    "there are 64 times as many to choose from. How many times as long, in bits, is the code of a picture?",
    experiments=(
        Experiment("4 entries", {**WORDS, "codebook_size": 4}),
        Experiment("256 entries", {**WORDS, "codebook_size": 256}),
    ),
    rows=(
        Row("code_bits", "Bits per picture", "count"),
        Row("mse", "Error per pixel, test"),
        Row("codebook_used", "Codebook in use", "percent"),
        Row("perplexity", "Perplexity, entries"),
    ),
    facts=_facts,
    answers=(
        Answer(
            "64 times",
            lambda facts: facts["longer"] > 30,
            "Otherwise than expected: it is {longer:.0f} times as long.",
        ),
        Answer(
            "4 times, and the error falls",
            lambda facts: facts["longer"] < 5 and facts["error"] < 0.9,
            "It is {longer:.0f} times as long: {bits_many:.0f} bits instead of {bits_few:.0f}, because every further "
            "bit of a word doubles what there is to choose from. The error falls to {error:.2f} of what it was. Of the "
            "{size:.0f} entries {used:.0f} % were chosen at least once; they are used as evenly as {alike:.0f} entries "
            "of which each is chosen as often as any other.",
            claimed=True,
        ),
        Answer(
            "As long as before: 16 words are 16 words",
            always,
            "Otherwise than expected: the code is {longer:.0f} times as long, and the error is {error:.2f} times what "
            "it was.",
        ),
    ),
    why=Why(
        "Each word names one of K entries, which takes log₂ K bits. The choice of the nearest entry has no slope, so "
        "the decoder's gradient is handed to the encoder as if nothing lay between (straight through), and the "
        "commitment term keeps the encoder near the entries that it chooses. An entry that is never nearest never "
        "moves: it is dead. So entries that nobody chooses begin anew where codes lie.",
        r"k_p = \arg\min_k \lVert z_p - e_k \rVert, \qquad \text{bits} = P \log_2 K, \qquad \text{perplexity} = "
        r"\exp\Big(-\sum_k p_k \ln p_k\Big)",
        (
            ("z_p", "what the encoder says at position p"),
            ("e_k", "entry k of the codebook"),
            ("P", "words that tell one picture: 16"),
            ("K", "entries in the codebook"),
            ("p_k", "how often entry k is chosen"),
        ),
        """distances = ops.sum((z[:, :, None] - codebook) ** 2, axis=-1)
chosen = ops.take(codebook, ops.argmin(distances, axis=-1), axis=0)
loss += beta * ops.mean((ops.stop_gradient(chosen) - z) ** 2)
z = z + ops.stop_gradient(chosen - z)      # straight through""",
    ),
)
