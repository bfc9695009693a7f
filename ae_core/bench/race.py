"""The arithmetic of a race: rounds that followed one another are compared, and medians of them are told."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ae_core.bench.contest import Contest
from ae_core.bench.line import Goal, Line
from ae_core.bench.rounds import pace, rate
from ae_core.bench.turns import Contender


def times(ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]) -> float:
    """How many times as many images a second, median over pairs of rounds that followed one another.

    A shared machine that is half as fast for a minute is so for both of a pair.
    """
    return statistics.median(pace(mine) / pace(other) for mine, other in zip(ours, theirs, strict=True))


def ratio(
    line: tuple[str, str, str, float | None],
    ours: tuple[Contender, Sequence[Mapping[str, float]]],
    rival: tuple[Contender, Sequence[Mapping[str, float]]],
) -> Line:
    """The line of a table that says how many times as many images a second, see `times`.

    Args:
        line: Name, what, against what, and the ratio that must be reached, None where none must.
        ours: A contender and its rounds.
        rival: Another one.
    """
    name, what, against, least = line
    mine, theirs = rate(ours[1]), rate(rival[1])
    return Line(
        name,
        what,
        against,
        times(ours[1], rival[1]),
        "×",
        None if least is None else Goal(least, at_least=True),
        remark=f"{mine:,.0f} against {theirs:,.0f} images a second",
        details={
            "ours": {"beginning": ours[0].beginning, "rounds": list(ours[1])},
            "rival": {"beginning": rival[0].beginning, "rounds": list(rival[1])},
        },
    )


def rivals(
    contest: Contest,
    wanted: Sequence[str],
    what: str,
    settings: Mapping[str, Any],
    ours: Contender,
    network: Mapping[str, Any],
    least: Mapping[str, float],
) -> Iterator[Line]:
    """One contender against plain Keras and against a PyTorch loop over the same network, in one race.

    Args:
        contest: Where it is done.
        wanted: Names of the lines that are wanted.
        what: What is measured.
        settings: Plain settings.
        ours: The contender.
        network: The network as `tests/bench/pytorch_loop.py` wants it.
        least: The ratios that must be reached: first against Keras, then against PyTorch.
    """
    keras_name, torch_name = least
    keras = contest.plain(settings) if keras_name in wanted else None
    torch = contest.pytorch(settings, network) if torch_name in wanted else None
    if keras is not None or torch is not None:
        taking_part = [one for one in (ours, keras, torch) if one is not None]
        with contest.begun(*taking_part):
            said = dict(zip(map(id, taking_part), contest.race(*taking_part), strict=True))
    for name, rival, against in ((keras_name, keras, "plain keras.fit"), (torch_name, torch, "PyTorch loop")):
        if rival is not None:
            line = name, what, against, least[name]
            yield ratio(line, (ours, said[id(ours)]), (rival, said[id(rival)]))
        elif name in wanted:
            yield Line(name, what, against, goal=Goal(least[name], at_least=True), unit="×", remark="not installed")
