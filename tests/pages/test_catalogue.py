"""All that is said is translated, and everything that is said goes through the translation."""

import ast
import re

import pytest

from ae_core import variants
from ae_core.measuring.wording import about
from ae_core.settings import options
from ae_core.translation import TEMPLATE, has_places
from pages.ui.live import recorded
from pages.ui.words.language import LANGUAGES, _, known, spoken
from pages.ui.words.units import ordinal
from tests.catalogue import files, reading
from tests.catalogue.collecting import PAGES, collect
from tests.conftest import ROOT

PLACES = re.compile(r"\{[^{}]*\}")
MARKS = ("**", "`", "$", "[0, 1]", "\\")  # Markdown, code, LaTeX
CHINESE = "[\u4e00-\u9fff]"

# Calls of Streamlit by which words come onto a page: as the first argument, or under these names.
DRAWS = {
    *("title", "header", "subheader", "markdown", "caption", "text", "write", "info", "warning", "error", "success"),
    *("button", "download_button", "link_button", "checkbox", "toggle", "radio", "selectbox", "multiselect", "slider"),
    *("select_slider", "text_input", "text_area", "number_input", "file_uploader", "expander", "popover", "tabs"),
    *("segmented_control", "pills", "metric", "toast", "page_link", "spinner", "latex", "Page"),
}
GIVEN = {"label", "help", "title", "placeholder"}
NAMES = {"CSV", "TensorBoard", "HTML", "ZIP", "Autoencoder Lab"}  # of formats and of the app, the same in all languages

# One term has one translation, see assets/locale/README.md: here are those that stand in no other sense.
TERMS = {
    r"\bencoders?\b": "编码器",
    r"\bdecoders?\b": "解码器",
    r"autoencoders?\b": "自编码器|Autoencoder Lab",
    r"\bclassifiers?\b": "分类器",
    r"discriminator": "判别器",
    r"reconstruct": "重构",
    r"held-out": "留出",
    r"penalt": "惩罚",
    r"\bprior\b": "先验",
    r"posterior": "后验",
    r"evidence lower bound": "证据下界",
    r"collapse": "坍塌",
    r"\bnats?\b": "纳特",
    r"perplexity": "困惑度",
    r"codebook": "码本|码字",
    r"sparse|sparsity": "稀疏",
    r"denoising": "去噪",
    r"contractive|contraction\b": "收缩",
    r"convolution": "卷积|convolutional",
    r"variational": "变分",
    r"adversarial": "对抗",
    r"hidden layer|hidden width": "隐层",
    r"hidden unit": "隐藏单元",
    r"feature map": "特征图",
    r"flat space": "线性子空间",
    r"gradient": "梯度",
    r"learning rate": "学习率",
    r"optimiser": "优化器",
    r"validation": "验证",
    r"threshold": "阈值",
    r"precision": "精确率",
    r"recall\b": "召回率",
    r"\brivals?\b": "基线方法",
    r"\bodd\b": "异常",
    r"upside down": "倒",
    r"snapshot": "快照",
    r"\bworkers?\b": "工作进程",
    r"\bsweep\b": "参数扫描",
    r"singular value": "奇异值",
    r"1-nn\b": "1-NN",
}


@pytest.fixture(scope="module")
def said():
    return collect()


@pytest.mark.slow
@pytest.mark.parametrize("language", files.languages())
def test_the_catalogue_holds_what_is_said_and_nothing_else(said, language):
    catalogue = files.read(language)
    missing = [entry.id for entry in catalogue if entry.id and not entry.string]
    assert not missing, missing
    assert not [entry.id for entry in catalogue if entry.fuzzy and entry.id]
    current = files.written(files.updated(language, said, [catalogue]))
    up_to_date = current == files.place(language, "po").read_bytes()
    assert up_to_date, "run `python -m tests.catalogue`, and translate what it names"
    assert files.compiled(catalogue) == files.place(language, "mo").read_bytes()


@pytest.mark.parametrize("language", files.languages())
def test_translations_keep_places_and_marks(language):
    for text, translation in files.pairs(language):
        assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(translation)), text
        for mark in MARKS:
            assert text.count(mark) == translation.count(mark), text


def test_chinese_has_its_own_punctuation_and_room_beside_other_letters():
    for _text, translation in files.pairs("zh"):
        own = PLACES.sub("", translation)
        assert not re.search(rf"{CHINESE}[,;:!?()]|{CHINESE}\.(?![a-z])", own), translation
        assert not re.search(rf"{CHINESE}[A-Za-z0-9]|[A-Za-z0-9]{CHINESE}", own), translation


def test_the_template_of_a_sentence_leaves_the_room_beside_a_place_to_its_value():
    for entry in files.read("zh"):
        if entry.context == TEMPLATE:  # what stands there may be Chinese, or in quotation marks
            assert not re.search(rf"{CHINESE} \{{|(?<![a-z])\{{\w+\}} {CHINESE}", str(entry.string)), entry.string


def test_one_term_has_one_translation_in_chinese():
    found = []
    for text, translation in files.pairs("zh"):
        own = PLACES.sub("", text)
        wanted = [chinese for english, chinese in TERMS.items() if re.search(english, own, re.IGNORECASE)]
        found += [f"{chinese}: {text} → {translation}" for chinese in wanted if not re.search(chinese, translation)]
    assert not found, "\n".join(found)


def test_what_a_sentence_names_is_called_in_chinese_as_it_is_where_it_stands():
    known = dict(files.pairs("zh"))
    for text, translation in files.pairs("zh"):
        for name in re.findall("“([^”{}]+)”", text):  # buttons, lessons
            assert name not in known or f"“{known[name]}”" in translation, text
        for name in re.findall(r"(?:[Pp]ress|;|Switch on|to) (Start|Standardize|Linear)\b", text):
            assert f"“{known[name]}”" in translation, text
        for name in re.findall(r"\b(Train|Compare|Explore|Learn) page|\b[Oo]n (Compare|Explore)\b", text):
            assert f"“{known[''.join(name)]}”页" in translation, text


def test_a_language_is_known_by_what_a_browser_or_a_reader_says():
    assert [known(one) for one in ("zh-CN", "zh_TW", "zh", "de-CH", "", "en-US")] == [
        "zh",
        "zh",
        "zh",
        "en",
        "en",
        "en",
    ]
    assert {name for name in LANGUAGES if known(name) == name} == set(LANGUAGES)


@pytest.mark.slow(seconds=1)
def test_sentences_with_their_values_are_translated_by_their_template():
    wrong = "learning_rate must be a number from 0.000001 to 1. Received: '5'."
    with spoken("zh"):
        assert _(wrong) == "learning_rate 必须是 0.000001 到 1 之间的数。收到：'5'。"
        assert _(f"{wrong} 0.001 is used instead.") == f"{_(wrong)}改用 0.001。"
        assert _("The run could not be changed because the disk is full.") == "无法更改运行，因为磁盘已满。"
        assert _("Somebody's own words (are kept).") == "Somebody's own words (are kept)."
        assert _("") == "" and ordinal(3) == "第 3 位"
    with spoken("en"):
        assert _(wrong) == wrong and ordinal(3) == "3rd"


def test_every_variant_and_its_settings_are_explained_in_chinese():
    with spoken("zh"):
        for variant in variants.registry().values():
            for text in (variant.idea, *(option.help for option in options(variant.settings).values())):
                told = _(text)
                assert re.search(CHINESE, told) and " is " not in told and " the " not in told, text


def test_what_recordings_say_is_translated():
    with spoken("zh"):
        for recording in filter(None, map(recorded.choose, variants.registry())):
            captions = {panel.caption for panel in recording.newest.panels.values()} - {""}
            for text in (*(panel.help for panel in recording.setup.panels), *captions, *recording.setup.notes):
                assert re.search(CHINESE, _(text)), f"{text} Is the recording older than what is said now?"


def test_sentences_about_images_are_said_of_rows_and_series_too():
    with spoken("zh"):
        for shape, noun in (((28, 28, 1), "图像"), ((30,), "数据行"), ((64, 3), "序列")):
            text = about(shape, _)("Mean squared error per pixel between held-out images and their reconstructions.")
            assert noun in text and ("像素" in text) == (noun == "图像"), text


def test_the_extraction_finds_every_kind_of_text(said):
    texts = {(message.text, message.context) for message in said}
    assert ("Train", "") in texts  # given to a translation
    assert ("Penalty β", "") in texts  # declared of a setting
    assert ("1-NN accuracy", "") in texts  # of a metric
    assert ("Jacobian spectrum", "") in texts  # of a panel
    assert ("There is no such run any more.", "") in texts  # an error
    assert ("{name} must be {kind}. Received: {value}.", TEMPLATE) in texts  # one with values
    assert not [text for text, context in texts if context and not has_places(text)]


def words_of(node: ast.expr) -> str:
    """The words that a person would read of an expression that is written out."""
    match node:
        case ast.Constant(value=str(text)):
            return re.sub(r":[a-z]+(\[|/[a-z_]+:)|<[^>]*>|&[a-z]+;", "", text)
        case ast.JoinedStr(values=values):
            return " ".join(words_of(value) for value in values if isinstance(value, ast.Constant))
    return ""


def test_no_page_draws_words_that_do_not_go_through_the_translation():
    found = []
    for place in PAGES:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for node in ast.walk(reading.read(file).tree):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                if node.func.attr not in DRAWS:
                    continue
                first = node.args[:1] if node.func.attr not in ("Page", "page_link") else []
                given = [*first, *(one.value for one in node.keywords if one.arg in GIVEN)]
                texts = [words_of(one).strip() for one in given]
                found += [f"{file.name}:{node.lineno}: {text}" for text in texts if is_said(text)]
    assert not found, "\n".join(found)


def is_said(text: str) -> bool:
    return re.search("[A-Za-z]{2}", text) is not None and text not in NAMES
