"""A lesson as a notebook for a student: the question, the runs as plain Keras, what is measured, and why.

Only text is put together here, so the web process may do it; what trains comes from `script_for`, in a worker.
"""

from collections.abc import Callable, Sequence

from ae_core.data.built_in import SHIPPED
from ae_core.formats import escape
from ae_core.lessons.lesson import Lesson
from ae_core.script import book, cell, sections

Translate = Callable[[str], str]

EXPECT = 'prediction = ""  # {say}\nfound = {{}}'
MEASURE = """\
found[{label}] = {{
    "validation loss": history["val_loss"][-1],
    "error per pixel": float(np.mean((np.reshape(autoencoder.predict(x_val, verbose=0), x_val.shape) - x_val) ** 2)),
    "parameters": autoencoder.count_params(),
}}"""
SHOW = """\
print("expected:", prediction)
for label, numbers in found.items():
    print(label, numbers)"""


def lesson_book(lesson: Lesson, scripts: Sequence[str], translate: Translate = str) -> str:
    """A lesson as a Jupyter notebook.

    Args:
        lesson: The lesson.
        scripts: From `python_script`, one for each of its experiments.
        translate: Turns an English sentence into the reader's language.

    Returns:
        JSON of the notebook format 4.5.
    """
    cells = [cell("markdown", _question(lesson, translate))]
    expect = EXPECT.format(say=translate("write down what you expect, before anything is trained"))
    cells += [cell("markdown", f"## {escape.markdown(translate('Predict'))}"), cell("code", expect)]
    for experiment, script in zip(lesson.experiments, scripts, strict=True):
        label = translate(experiment.label)
        cells.append(cell("markdown", f"## {escape.markdown(label)}"))
        for heading, code in sections(script):
            cells += [cell("markdown", f"### {escape.markdown(heading)}"), cell("code", code)]
        cells.append(cell("code", MEASURE.format(label=repr(label))))
    cells += [
        cell("markdown", _measured(lesson, translate)),
        cell("code", SHOW),
        cell("markdown", _why(lesson, translate)),
    ]
    return book(cells)


def _question(lesson: Lesson, translate: Translate) -> str:
    choices = "\n".join(f"- {escape.markdown(translate(one.text))}" for one in lesson.choices)
    title = f"# {lesson.number}. {escape.markdown(translate(lesson.title))}"
    file = any(one.settings.get("dataset") in SHIPPED for one in lesson.experiments)
    needed = translate("It reads mnist_5k.npz, which is in the app's folder assets/data: put it beside this notebook.")
    parts = [title, escape.markdown(translate(lesson.question)), choices, escape.markdown(needed) if file else ""]
    return "\n\n".join(filter(None, parts))


def _measured(lesson: Lesson, translate: Translate) -> str:
    told = translate(
        "Measured here are the loss, the error on pictures kept out of training, and the size. In the app the lesson "
        "measures besides, on test pictures:"
    )
    rows = (f"- {escape.markdown(translate(row.title))}" for row in lesson.rows)
    return "\n".join([f"## {escape.markdown(translate('Reveal'))}", "", escape.markdown(told), "", *rows])


def _why(lesson: Lesson, translate: Translate) -> str:
    why = lesson.why
    symbols = (f"- ${symbol}$: {escape.markdown(translate(meaning))}" for symbol, meaning in why.symbols)
    parts = [f"## {escape.markdown(translate('Why'))}", escape.markdown(translate(why.text))]
    parts += [f"$${why.formula}$$", "\n".join(symbols), f"```python\n{why.keras}\n```"]
    return "\n\n".join(parts)
