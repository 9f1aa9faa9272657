"""Text as people write it: what is kept of it, and which texts are the same."""

from __future__ import annotations

import pytest

from shop.core.text import compounds, key, tidy, tidy_lines, words

ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("1 High St\tTown", "1 High St Town", id="tab"),
        pytest.param("1 High St\r\nTown", "1 High St Town", id="line break"),
        pytest.param("a\x00b\x7fc\x85d", "a b c d", id="controls"),
        pytest.param("  oak \t desk ", "oak desk", id="spaces"),
        pytest.param("10\N{NO-BREAK SPACE}cm", "10 cm", id="no-break space"),
        pytest.param("Cafe\N{COMBINING ACUTE ACCENT}", "Café", id="composed"),
        pytest.param(
            f"e{ZERO_WIDTH_SPACE}\N{COMBINING ACUTE ACCENT}",
            "é",
            id="composed after the rest",
        ),
        pytest.param(f"mu{ZERO_WIDTH_SPACE}g", "mug", id="zero-width space"),
        pytest.param("tea\N{SOFT HYPHEN}pot", "teapot", id="soft hyphen"),
        pytest.param("\N{ZERO WIDTH NO-BREAK SPACE}Mug", "Mug", id="byte order mark"),
        pytest.param("\N{RIGHT-TO-LEFT OVERRIDE}Mug", "Mug", id="direction override"),
        pytest.param("mu\N{ZERO WIDTH JOINER}g", "mug", id="joiner in a Latin word"),
        pytest.param("\N{ZERO WIDTH JOINER}", "", id="joiner alone"),
        pytest.param(
            "か\N{ZERO WIDTH JOINER}\N{IDEOGRAPHIC SPACE}か", "か か", id="joiner before a space"
        ),
        pytest.param(
            f"か{ZERO_WIDTH_SPACE}\N{ZERO WIDTH JOINER}か",
            "か\N{ZERO WIDTH JOINER}か",
            id="joiner after what goes",
        ),
        pytest.param(
            "か\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}か", "かか", id="two joiners"
        ),
        pytest.param(
            "か\N{ZERO WIDTH JOINER}\u093c\N{ZERO WIDTH JOINER}か",
            "か\u093cか",
            id="two joiners around a mark",
        ),
        pytest.param("\N{ZERO WIDTH JOINER}か", "か", id="joiner at the start"),
        pytest.param("か\N{ZERO WIDTH JOINER}a", "かa", id="joiner before a Latin letter"),
        pytest.param("か\N{ZERO WIDTH JOINER}ԯ", "かԯ", id="joiner before a Cyrillic letter"),
        pytest.param(
            f"か{ZERO_WIDTH_SPACE}\N{DEVANAGARI SIGN VIRAMA}\N{ZERO WIDTH NON-JOINER}か",
            "か\N{DEVANAGARI SIGN VIRAMA}\N{ZERO WIDTH NON-JOINER}か",
            id="joiner after a mark",
        ),
        pytest.param(
            "a\N{DEVANAGARI SIGN VIRAMA}\N{ZERO WIDTH NON-JOINER}か",
            "a\N{DEVANAGARI SIGN VIRAMA}か",
            id="joiner after a mark on a Latin letter",
        ),
        pytest.param(
            "نمی\N{ZERO WIDTH NON-JOINER}خواهم",
            "نمی\N{ZERO WIDTH NON-JOINER}خواهم",
            id="joiner that Persian is spelt with",
        ),
        pytest.param(
            "👩\N{ZERO WIDTH JOINER}🎨", "👩\N{ZERO WIDTH JOINER}🎨", id="joiner within an emoji"
        ),
        pytest.param("ﬁg × ’", "ﬁg × ’", id="what has a meaning stays as it was written"),
        pytest.param(f" {ZERO_WIDTH_SPACE}\N{NO-BREAK SPACE}", "", id="nothing visible"),
        pytest.param("\N{HANGUL FILLER} \N{BRAILLE PATTERN BLANK}", "", id="blank letters"),
        pytest.param("\N{COMBINING ACUTE ACCENT}", "", id="an accent on nothing"),
        pytest.param("a\ud800 \udcffb", "a b", id="lone surrogates"),
        pytest.param("", "", id="empty"),
    ],
)
def test_tidy_keeps_what_a_reader_sees(text: str, kept: str) -> None:
    assert tidy(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("a\r\nb\rc\x0bd\N{LINE SEPARATOR}e", "a\nb\nc\nd\ne", id="kinds of breaks"),
        pytest.param("\n\n a \n", "a", id="none at the ends"),
        pytest.param("a\n\nb", "a\n\nb", id="paragraphs"),
        pytest.param("Xmas\nMAX\n", "Xmas\nMAX", id="letters at the ends"),
        pytest.param("a\n \n\t\n\nb", "a\n\nb", id="one empty line in a row"),
        pytest.param(f"{ZERO_WIDTH_SPACE}\n\t", "", id="nothing visible"),
    ],
)
def test_tidy_lines_keeps_line_breaks(text: str, kept: str) -> None:
    assert tidy_lines(text) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Mugs", "MUGS", id="case"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("Café", "cafe\N{COMBINING ACUTE ACCENT}", id="composition"),
        pytest.param("Tea pots", f"tea{ZERO_WIDTH_SPACE} pots", id="invisible"),
        pytest.param("Tea pots", "Tea\N{NO-BREAK SPACE}\tpots ", id="spaces"),
        pytest.param("ﬁgs ４２", "figs 42", id="ligatures and wide forms"),
        pytest.param("Baker’s", "Baker's", id="apostrophe"),
        pytest.param("5′ 3″", "5' 3\"", id="primes"),
        pytest.param("10×15", "10x15", id="multiplication sign"),
        pytest.param("T\N{NON-BREAKING HYPHEN}shirt", "T-shirt", id="hyphen"),
        pytest.param("tea\N{SOFT HYPHEN}pot", "teapot", id="soft hyphen"),
        pytest.param("❤\N{VARIATION SELECTOR-16}", "❤", id="variation selector"),
    ],
)
def test_texts_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("pâté", "pâte", id="accents"),
        pytest.param("mug", "mugs", id="number"),
        pytest.param("tea pot", "teapot", id="a space"),
    ],
)
def test_texts_that_differ_to_a_reader_have_two_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("MUG", ("mug",), id="case"),
        pytest.param("Café crème", ("cafe", "creme"), id="accents"),
        pytest.param("Smørrebrød", ("smorrebrod",), id="strokes"),
        pytest.param("Łódź þing Æble", ("lodz", "thing", "aeble"), id="letters that stay whole"),
        pytest.param("Baker’s dozen", ("bakers", "dozen"), id="apostrophe within a word"),
        pytest.param("'Hello'", ("hello",), id="quotation marks"),
        pytest.param("T-shirt, oak/ash", ("t", "shirt", "oak", "ash"), id="punctuation"),
        pytest.param("10×15 cm", ("10x15", "cm"), id="multiplication sign"),
        pytest.param("日本 tea", ("日", "本", "tea"), id="script without spaces"),
        pytest.param("\u0e01\u0e34\u0e19", ("\u0e01", "\u0e19"), id="a vowel above a letter"),
        pytest.param("\u1085", (), id="a vowel without its letter"),
        pytest.param("a_b", ("a", "b"), id="underscore"),
        pytest.param("…", (), id="no word"),
    ],
)
def test_words_are_what_a_search_compares(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


def test_every_latin_letter_of_europe_can_be_searched_for_without_its_marks() -> None:
    # Latin-1 and Latin Extended-A: U+00C0 to U+017F.
    letters = [chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha()]
    assert [letter for letter in letters if not "".join(words(letter)).isascii()] == []


def test_hyphenated_words_are_also_compared_written_together() -> None:
    assert compounds("A state-of-the-art T\N{HYPHEN}shirt – new") == ("stateoftheart", "tshirt")
