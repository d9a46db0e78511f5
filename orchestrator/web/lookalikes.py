"""
Letters that pass for others: a Cyrillic letter in a Latin word, a fullwidth digit. Pure.

The pairs come from the Unicode Consortium's confusables (Unicode Technical Standard 39,
https://www.unicode.org/Public/security/latest/confusables.txt): those whose skeleton is one ASCII
letter or digit, of the scripts that people really mix with Latin. What compatibility decomposition
knows already (fullwidth, mathematical) is asked of unicodedata instead.
"""
# ruff: noqa: RUF001 - the look-alikes are the subject

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

PAIRS = (
    # Cyrillic
    "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw ѵv ӏl "
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԌG ԚQ ԜW ѴV ӀI "
    # Greek and Coptic
    "αa γy ιi κk νv οo ρp σo υu χx ϲc ϳj "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC ͿJ "
    # Armenian
    "օo սu հh ոn ցg զq յj ՕO ՍU "
    # Cherokee
    "ᎪA ᏴB ᏟC ᎠD ᎬE ᎮF ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ "
    # Latin letters that only phonetics uses, and Roman numerals
    "ɑa ɡg ɩi ʏY ʀR ⅰi ⅴv ⅹx ⅼl ⅽc ⅾd ⅿm ⅠI ⅤV ⅩX ⅬL ⅭC ⅮD ⅯM"
)
LIKE = {pair[0]: pair[1] for pair in PAIRS.split() if len(pair) == 2}
# What passes for a digit between digits.
LIKE_DIGITS = {"О": "0", "о": "0", "Ο": "0", "ο": "0", "З": "3", "з": "3", "Ӡ": "3", "б": "6"}
DISGUISES = ("<font>", "<wide>")
# Marks and joiners do not end a word, or one of them would hide a mixture.
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200f\u2060-\u2064\ufeff])+")
EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")
LATIN = "LATIN"


def lookalikes(text: str) -> dict[int, str]:
    """Return where a character passes for another, with the one that it passes for."""
    if text.isascii():
        return {}
    words = [(found.start(), found[0]) for found in WORD.finditer(text)]
    found = dict(_disguised(text))
    for start, word in words:
        if not word.isascii():
            found.update((start + place, like) for place, like in _in_word(word))
    found.update(_whole_words(words))
    return found


def _disguised(text: str) -> Iterator[tuple[int, str]]:
    """Yield characters that are an ASCII letter or digit in another shape."""
    east_asian = any(script(char) in EAST_ASIAN for char in text)
    for place, char in enumerate(text):
        if char.isascii():
            continue
        tag, _, shape = unicodedata.decomposition(char).partition(" ")
        # Fullwidth letters and digits are at home in Chinese, Japanese and Korean.
        if tag not in DISGUISES or (tag == "<wide>" and east_asian):
            continue
        plain = chr(int(shape, 16)) if " " not in shape else ""
        if plain.isascii() and plain.isalnum():
            yield place, plain


def _in_word(word: str) -> Iterator[tuple[int, str]]:
    """Yield the letters of one word that belong to another script than the word."""
    by_script: dict[str, list[int]] = {}
    for place, char in enumerate(word):
        if char.isalpha() or char in LIKE:
            by_script.setdefault(script(char), []).append(place)
    if LATIN in by_script and len(by_script) > 1:
        for name, places in by_script.items():
            if name != LATIN and all(word[place] in LIKE for place in places):
                yield from ((place, LIKE[word[place]]) for place in places)
    elif LATIN in by_script:
        yield from ((place, LIKE[word[place]]) for place in by_script[LATIN] if word[place] in LIKE)
    yield from _in_number(word)


def _in_number(word: str) -> Iterator[tuple[int, str]]:
    """Yield what passes for a digit between digits, and digits of another script beside ours."""
    ours = any(char.isascii() and char.isdigit() for char in word)
    for place, char in enumerate(word):
        between = word[place - 1 : place].isdigit() and word[place + 1 : place + 2].isdigit()
        if char in LIKE_DIGITS and between:
            yield place, LIKE_DIGITS[char]
        elif ours and char.isdecimal() and not char.isascii():
            yield place, str(unicodedata.digit(char))


def _whole_words(words: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """
    Yield the letters of words that could be Latin words from their first letter to their last.

    Plain words of another language have such words too, so they only count where everything around
    them is Latin.
    """
    spelled = [
        (start, word, {script(char) for char in word if char.isalpha()}) for start, word in words
    ]
    if not any(scripts == {LATIN} for _, _, scripts in spelled):
        return
    passing = [
        (start, word)
        for start, word, scripts in spelled
        if scripts and LATIN not in scripts and _passes(word)
    ]
    foreign = sum(1 for _, _, scripts in spelled if scripts and LATIN not in scripts)
    if len(passing) == foreign:
        for start, word in passing:
            yield from (
                (start + place, LIKE[char]) for place, char in enumerate(word) if char in LIKE
            )


def _passes(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return len(letters) > 1 and all(char in LIKE for char in letters)


@lru_cache(maxsize=4096)
def script(char: str) -> str:
    """Return the script of a letter, as its name begins: LATIN, CYRILLIC, CJK …"""
    name = unicodedata.name(char, "")
    if char in "ⅰⅴⅹⅼⅽⅾⅿⅠⅤⅩⅬⅭⅮⅯ":
        return "ROMAN"
    return name.split(" ", 1)[0].split("-", 1)[0]
