"""What sentences about images say of rows and series: the one place that knows the nouns.

Sentences are written about images, which most data here are. Of a table they speak of rows and their values, of series
of series and their values: in English, before a sentence is translated.
"""

import re
from collections.abc import Callable, Sequence

from ae_core.settings import DataSpec

Translate = Callable[[str], str]

# Where a picture is more than an example, or a pixel more than a value.
PHRASES = (
    ("The pictures are blurred", "The reconstructions are smoothed out"),
    ("sharper pictures", "closer reconstructions"),
    ("the chance of being white", "the chance of being 1"),
    ("a grey pixel", "a value between 0 and 1"),
    ("grey pixels", "values between 0 and 1"),
)
_SEVERAL = re.compile(r"\b(tables?|series)\b", re.IGNORECASE)  # in a sentence that tells images from the others
_THING = re.compile(r"(?<!\{)\b(an |a )?(images?|pictures?)('s)?\b|(?<!\{)\bpixel(?=s?\b)", re.IGNORECASE)


def about(shape: Sequence[int], translate: Translate = str) -> Translate:
    """A translation that says of rows or series what sentences say of images; of images, the one given.

    Args:
        shape: Shape of one example.
        translate: Turns an English text into the reader's language.
    """
    noun = DataSpec(tuple(shape)).noun
    return translate if noun == "image" else lambda text: _translated_of(noun, text, translate)


def _translated_of(noun: str, text: str, translate: Translate) -> str:
    """A sentence about images, said of something else in the reader's language.

    Where that language has no such sentence of its own, the words for image and pixel are replaced in the one that it
    has about images, as can be done in languages that do not bend them.
    """
    said = said_of(noun, text)
    found, of_images = translate(said), translate(text)
    if said == text or found != said or of_images == text:
        return found
    return of_images.replace(translate("image"), translate(noun)).replace(translate("pixel"), translate("value"))


def said_of(noun: str, sentence: str) -> str:
    """An English sentence about images, said of something else; as it is where it tells images from tables or series.

    Args:
        noun: What an example is called, see `DataSpec.noun`: `row` or `series`.
        sentence: About images.
    """
    if _SEVERAL.search(sentence):
        return sentence
    for phrase, instead in PHRASES:
        sentence = sentence.replace(phrase, instead)

    def other(found: re.Match[str]) -> str:
        article, thing, owner = found.groups()
        if thing is None:
            return _like(found[0], "value")
        word = noun if noun.endswith("s") or not thing.lower().endswith("s") else f"{noun}s"
        if owner:
            word += "'" if word.endswith("s") else "'s"
        return _like(found[0], f"a {word}" if article else word)

    return _THING.sub(other, sentence)


def _like(before: str, word: str) -> str:
    """The word with a capital where there was one."""
    return word[0].upper() + word[1:] if before[0].isupper() else word
