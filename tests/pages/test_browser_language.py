"""The whole app in Chinese, in a real browser: no English is left, nothing is cut off, and the reader may switch."""

import re

import pytest

from pages.ui.lessons.parts import KEY
from tests.browser import visitor
from tests.long import rest_is_long

pytestmark = pytest.mark.browser

PAGES = ("", "explore", "compare", "learn")  # the last one has parts
PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
# What stands on a page as it is: code, formulas, values of settings, layers by their type or name, references, and what
# Streamlit itself says.
AS_IT_IS = (
    "script, style, code, pre, .katex, .ae-net, .ae-table td, .ae-layers, [data-testid=stIconMaterial], "
    "[data-testid=stFileUploaderDropzone], [data-testid=stMarkdownContainer] li, [data-testid=stSkipToContent]"
)
# Every text that is drawn, and the element that it is in.
TEXTS = """(asItIs) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.closest(asItIs) && element.checkVisibility()) found.push(walker.currentNode.textContent.trim());
  }
  for (const name of ["title", "aria-label", "data-help"]) {
    const elements = document.querySelectorAll(`.stMain [class*="ae-"][${name}]`);
    for (const element of elements) found.push(element.getAttribute(name));
  }
  return [...new Set(found.filter(Boolean))];
}"""
# Names, which are the same in all languages.
NAMES = {
    *("Autoencoder", "Lab", "MNIST", "Fashion", "PCA", "CPU", "GPU", "MSE", "KL", "ROC", "PNG", "SVG", "CSV", "ZIP"),
    *("SNE", "Adam", "RMSprop", "SGD", "ReLU", "GELU", "ELU", "Tanh", "Sigmoid", "Dropout", "GRU", "LSTM", "NN", "SVM"),
    *("Wasserstein", "WAE", "VAE", "VQ", "AAE", "CC", "BY", "SA", "MIT", "MMD", "SSIM"),
}


def english(text: str) -> bool:
    """Whether a text is in English: three small words of it in a row, or nothing but words that are no names."""
    if re.search("[\u4e00-\u9fff]", text):
        return re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", text) is not None
    return bool(set(re.findall("[A-Za-z]{2,}", text)) - NAMES)


def look(page, where: str) -> None:
    """Looks at what is drawn, once it is all there."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    texts = page.evaluate(TEXTS, AS_IT_IS)
    assert len(texts) > 5, where
    left = [text for text in texts if english(text)]
    assert not left, (where, left)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where


@pytest.mark.parametrize(
    "viewport", rest_is_long([PROJECTOR, PHONE], lambda viewport: viewport == PHONE), ids=["projector", "phone"]
)
def test_no_page_has_english_left_or_words_that_are_cut_off(app, chrome, viewport):
    with visitor(chrome, viewport=viewport, locale="zh-CN") as page:
        for name in PAGES:
            page.goto(f"{app.url}/{name}")
            choice = page.locator(".st-key-language input")
            choice.wait_for()
            if name in ("", "explore"):
                page.wait_for_selector(".st-key-live_loss [data-step]" if not name else ".st-key-decoded [data-code]")
            page.wait_for_function("document.documentElement.lang === 'zh' && !document.documentElement.translate")
            look(page, name)
            assert choice.is_visible() and not choice.evaluate("one => one.scrollWidth > one.clientWidth")
        for part in ("类型", "理论", "术语"):
            page.locator(f".st-key-{KEY} button").filter(has_text=part).click()
            page.locator(f".st-key-{KEY} button[aria-checked=true]").filter(has_text=part).wait_for()
            look(page, part)


def test_a_reader_chooses_the_language_and_the_address_keeps_it(app, chrome):
    with visitor(chrome, locale="en-US") as page:
        page.goto(f"{app.url}/?lang=fr")
        notice = page.get_by_text("lang must be one of en, zh. Received: 'fr'. en is used instead.")
        notice.wait_for()
        page.goto(app.url)
        page.wait_for_function("new URL(location).searchParams.has('variant')")
        assert "lang" not in page.url
        page.locator(".st-key-language button").click()
        page.get_by_role("option", name="中文").click()
        page.get_by_role("button", name="开始").wait_for()
        page.wait_for_function("new URL(location).searchParams.get('lang') === 'zh'")
        page.get_by_text("学习率", exact=True).first.wait_for()
        # What is chosen from is told in the new language too, and works in it.
        page.wait_for_function("document.querySelector('.st-key-variant input')?.value.startsWith('栈式')")
        page.locator(".st-key-live_grid [aria-label*='重构']").wait_for()
        page.click("summary:has-text('更多设置')")
        page.wait_for_selector(".st-key-seed input")
        assert "Error" not in page.inner_text(".stMain")
        page.locator(".ae-status, .st-key-status").first.get_by_text(
            "录像"
        ).wait_for()  # comes over the live connection
        page.get_by_role("link", name="对比").first.click()
        page.get_by_text("导入运行").first.wait_for()
        page.wait_for_function("new URL(location).searchParams.get('lang') === 'zh'")
        page.reload()
        page.get_by_text("导入运行").first.wait_for()
        page.locator(".st-key-language button").click()
        page.get_by_role("option", name="English").click()
        page.get_by_text("Import a run").first.wait_for()
        page.wait_for_function("new URL(location).searchParams.get('lang') === 'en'")
