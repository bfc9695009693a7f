"""A lesson with settings of a teacher's choice."""

import pytest

from ae_core import lessons
from ae_core.errors import SettingError
from ae_core.lessons import changing


def test_both_experiments_get_the_changes_and_keep_what_they_compare() -> None:
    lesson = lessons.get("few_at_work")
    changed = changing.changed(lesson, changing.read("epochs:3;batch_size:64"))
    before, after = ([one.with_seed(5) for one in each.experiments] for each in (lesson, changed))
    assert [(one.epochs, one.batch_size, one.seed) for one in after] == [(3, 64, 5)] * len(before)
    for old, new in zip(before, after, strict=True):
        kept = {name for name, value in old.to_dict().items() if new.to_dict()[name] == value}
        assert set(old.to_dict()) - kept <= {"epochs", "batch_size"}
    assert lesson is lessons.get("few_at_work") and changed.answers == lesson.answers


def test_an_address_holds_what_was_read_from_it() -> None:
    text = "epochs:3;widths:64,32"
    assert changing.read(text) == {"epochs": "3", "widths": "64,32"}
    assert changing.written(changing.read(text)) == text
    assert changing.read("") == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("epochs", "with must be name:value"),
        ("epochs:", "with must be name:value"),
        ("a:" + 600 * "b", "with must be name:value"),
        ("epochs:never", "epochs must be an integer"),
        ("colour:red", "'colour'"),
        ("seed:3", "with must leave seed to the lesson"),
        ("variant:sparse", "with must leave variant to the lesson"),
        ("latent_dim:3", "with must leave latent_dim as it is, which the lesson compares"),
        ("dataset:upload-0123456789abcdef", "dataset must be one of"),
        ("dataset:nowhere", "dataset must be one of"),
        ("dataset:breast_cancer", "of the kind of"),
        ("normal:banana", "normal"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as refused:
        changing.changed(lessons.get("copying"), changing.read(text))
    assert sentence in str(refused.value) and str(refused.value).endswith(".")
