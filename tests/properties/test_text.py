"""Any text: cleaning it twice changes nothing, and what was cleaned means the same."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from shop.core.text import key, tidy, tidy_lines, words

# Letters, marks, spaces and format characters of many kinds, next to each other.
JOINED = "न\N{DEVANAGARI SIGN VIRAMA}\N{COMBINING ACUTE ACCENT}👩\u200b\u200c\u200d"
TEXTS = (
    st.text()
    | st.text(JOINED)
    | st.text(st.sampled_from("aé\N{COMBINING ACUTE ACCENT}K\N{KELVIN SIGN} \t\n\r­​‌‍‮न्👩ー가ᅠ'’-‐×ﬁß"))
)


@given(TEXTS)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert tidy_lines(tidy_lines(text)) == tidy_lines(text)


@given(TEXTS)
def test_one_line_has_no_controls_and_no_outer_space(text: str) -> None:
    line = tidy(text)
    assert line == line.strip()
    assert not any(unicodedata.category(mark) == "Cc" for mark in line)


@given(TEXTS)
def test_a_text_and_what_is_kept_of_it_are_the_same(text: str) -> None:
    assert key(tidy(text)) == key(text)
    assert words(tidy(text)) == words(text)


@given(TEXTS)
def test_decomposed_text_is_the_same(text: str) -> None:
    assert tidy(unicodedata.normalize("NFD", text)) == tidy(text)


@given(TEXTS)
@example("\u1000\u1085")  # a letter and the vowel above it
def test_words_are_letters_and_digits_and_the_words_of_themselves(text: str) -> None:
    for word in words(text):
        assert words(word) == (word,)
        assert not set(word) & set(" \"'-_")
