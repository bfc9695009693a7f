"""Networks that somebody wants described: however many, workers have time for other questions."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ae_core.engine.answer import Answer
from ae_core.engine.descriptions import ASKED_EACH, MOST_KEPT, Descriptions
from ae_core.variants import read_settings


class Question:
    """A question to a worker, which has not answered yet."""

    status = "finished"

    def __init__(self, width: int) -> None:
        self.width, self.said = width, False

    def done(self) -> bool:
        return self.said

    def result(self, timeout: float) -> Answer[dict[str, float]]:
        return Answer(value={"seconds": float(self.width)})


def test_however_many_are_wanted_a_worker_is_asked_for_few_at_a_time_the_newest_first() -> None:
    asked: list[Question] = []

    def submit(_question: object, settings: Mapping[str, int], workers: list[str]) -> Question:
        asked.append(Question(settings["latent_dim"]))
        return asked[-1]

    pool: Any = SimpleNamespace(usable=["one"], members={"one": object()}, submit=submit)
    descriptions = Descriptions()
    wanted = [read_settings({"variant": "vanilla", "dataset": "digits", "latent_dim": size}) for size in range(2, 32)]
    for settings in wanted:
        assert descriptions.get(settings) is None
    descriptions.exchange(pool)
    assert [one.width for one in asked] == [31, 30] and len(asked) == ASKED_EACH
    descriptions.exchange(pool)
    assert len(asked) == ASKED_EACH, "it has not answered yet"
    asked[0].said = True
    descriptions.exchange(pool)
    assert descriptions.seconds(wanted[-1]) == 31.0 and [one.width for one in asked[ASKED_EACH:]] == [29]
    pool.usable = ["one", "another"]
    descriptions.exchange(pool)
    assert len(asked) == 1 + 2 * ASKED_EACH < MOST_KEPT
