"""How a lesson came out: the prediction beside the measured numbers, what follows from them, and why."""

import base64
from collections.abc import Sequence

import streamlit as st

from ae_core.formats import escape
from ae_core.lessons.lesson import Answer, Lesson, Unit, Values, Why
from ae_core.lessons.measured import Measured
from ae_core.recordings import lessons as of_lessons
from ae_core.translation import in_a_row
from pages.ui.progress import Taken
from pages.ui.words import units
from pages.ui.words.language import _


def show(lesson: Lesson, taken: Taken) -> None:
    """Draws the verdict, the prediction, the table, and what the networks made of the lesson's pictures.

    Args:
        lesson: The lesson.
        taken: How far it has come: its runs are measured.
    """
    runs, predicted = [one.numbers for one in taken.found], taken.predicted
    facts = lesson.facts(runs)
    came = lesson.outcome(facts)
    tone = "good" if came.claimed else "warning"
    said = _(came.said).format(**facts)
    st.html(
        f'<div class="ae-outcome ae-outcome-{tone}"><b>{escape.html(_verdict(lesson, came, predicted))}</b> '
        f"{escape.html(said)}<small>{escape.html(_expected(lesson, facts, predicted))}</small></div>"
    )
    st.html(_table(lesson, runs) + _pictures(lesson, taken.found))
    measured = (
        _("Measured on test pictures of the recorded runs, seed {seed}. Runs of your own give other numbers.")
        if taken.recorded
        else _("Measured on test pictures of these runs, seed {seed}. Another seed gives other numbers.")
    )
    st.caption(measured.format(seed=of_lessons.SEED if taken.recorded else taken.seed))


def _verdict(lesson: Lesson, came: Answer, predicted: float | None) -> str:
    """Whether the prediction was right; what is predicted as a number is only held beside what was measured."""
    if predicted is None or lesson.slider is not None:
        return _("Measured.") if came.claimed else _("Measured, and otherwise than usual.")
    if lesson.choices[int(predicted)] is came:
        return _("You were right.")
    return _("It came out otherwise than you expected.")


def _expected(lesson: Lesson, facts: Values, predicted: float | None) -> str:
    """The prediction beside what was measured, in a sentence; empty if it was right."""
    slider = lesson.slider
    if predicted is None:
        return ""
    if slider is not None:
        measured = f"{units.number(facts[slider.fact])} {slider.unit}"
        return _("You expected {expected}; measured: {measured}.").format(
            expected=f"{predicted:g} {slider.unit}", measured=measured
        )
    chosen, came = lesson.choices[int(predicted)], lesson.outcome(facts)
    if came is chosen:
        return ""
    expected = _("You expected: “{expected}”.").format(expected=_(chosen.text))
    right = _("The right answer was: “{answer}”.").format(answer=_(came.text)) if came.text else ""
    return in_a_row(expected, right)


def _table(lesson: Lesson, runs: Sequence[Values]) -> str:
    top = "".join(f'<th class="ae-right">{escape.html(_(one.label))}</th>' for one in lesson.experiments)
    body = "".join(
        f"<tr><td>{escape.html(_(row.title))}</td>"
        + "".join(f'<td class="ae-right">{written(run[row.name], row.unit)}</td>' for run in runs)
        + "</tr>"
        for row in lesson.rows
    )
    table = f"<table><thead><tr><td></td>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="ae-table ae-measured">{table}</div>'


def _pictures(lesson: Lesson, found: Sequence[Measured]) -> str:
    """What the networks made of pictures of the lesson's choice, one sheet for each; empty where it has none."""
    if lesson.look is None or not all(one.picture for one in found):
        return ""
    text = escape.html(_(lesson.look.text))
    sheets = "".join(
        f"<figure><figcaption>{escape.html(_(experiment.label))}</figcaption>{image(one.picture, text)}</figure>"
        for experiment, one in zip(lesson.experiments, found, strict=True)
    )
    return f'<p class="ae-look-text">{text}</p><div class="ae-look">{sheets}</div>'


def image(png: bytes, text: str) -> str:
    """A picture as HTML.

    Args:
        png: The picture, a PNG file.
        text: What is said of it to whoever cannot see it, escaped.
    """
    return f'<img alt="{text}" src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'


def written(value: float, unit: Unit) -> str:
    """A number as a table shows it.

    Args:
        value: The number; not a number where it has no meaning.
        unit: How it is written.
    """
    if value != value:
        return units.UNKNOWN
    known = {"percent": units.percent(value), "degrees": f"{value:.2f}°", "count": f"{value:,.0f}"}
    return known.get(unit, units.number(value))


def why(one: Why) -> None:
    """Draws the explanation: sentences, formula and symbols, lines of Keras."""
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.markdown(_(one.text))
        st.code(one.keras, language="python", wrap_lines=True)
    with right:
        formula(one.formula, one.symbols)


def formula(latex: str, symbols: Sequence[tuple[str, str]]) -> None:
    """Draws a formula and what its symbols mean; a page explains each sign from the list beside it, see `words.js`.

    Args:
        latex: The formula; its parts stand one below the other.
        symbols: Each symbol in LaTeX, and its meaning.
    """
    for line in latex.split(r", \qquad "):
        st.latex(line)
    st.markdown("\n".join(f"- ${symbol}$: {escape.markdown(_(meaning))}" for symbol, meaning in symbols))
