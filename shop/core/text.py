"""Text as people write it: cleaned to be kept, reduced to be compared, and split into words.

`tidy` is for whatever is kept: names, addresses, cells of a file. `key` says whether two texts are
the same to a reader. `words` is what a search looks for. Terms as in Unicode: NFC and NFKD are the
normalization forms of UAX #15, and Cc, Cf, Mn, Zs are general categories.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_BREAKS = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
# Most of Latin, Greek and Cyrillic is up to this letter, and has no joiners. Between their rarer
# letters, which come later, a joiner stays.
_LAST_WITHOUT_JOINERS = "\N{CYRILLIC SMALL LETTER EL WITH DESCENDER}"
# Letters and symbols that fonts draw as nothing, though their category says otherwise.
_BLANKS = (
    "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
)
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})

_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_SAME_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʹʻʼʽˈ′‵´`＇", "'"),
        **dict.fromkeys("“”„‟″‶«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
        "×": "x",
        "⁄": "/",
        "∕": "/",
    }
)
# Letters that people write without their stroke or apart. NFKD does not take them apart.
_PLAIN_LETTERS = str.maketrans(
    {
        **dict.fromkeys(_BLANKS, " "),
        "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l",
        "ŋ": "n", "þ": "th", "ŧ": "t", "ƀ": "b", "ɓ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ǝ": "e",
        "ə": "e", "ɛ": "e", "ƒ": "f", "ɠ": "g", "ǥ": "g", "ɣ": "g", "ɨ": "i", "ɩ": "i", "ƙ": "k",
        "ƚ": "l", "ɲ": "n", "ɔ": "o", "ɵ": "o", "ƥ": "p", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʋ": "v",
        "ƴ": "y", "ƶ": "z", "ʒ": "z",
    }
)  # fmt: skip
_APOSTROPHES = re.compile("(?<=[^\\W_])'(?=[^\\W_])")
# Scripts that are written without spaces: each character of them is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")


def marked(text: str) -> str:
    """The same text, which is English and for shoppers. The mark puts it into the catalogues of
    other languages; the web layer looks it up when it is shown."""
    return text


def tidy(text: str) -> str:
    """The text on one line, as it is kept.

    Normalized to NFC. Controls, tabs, line breaks and all kinds of spaces become single spaces,
    with none at the ends. Invisible format characters go (zero-width spaces, soft hyphens,
    direction marks), but for the joiners within words of scripts that are spelt with them, and
    within emoji. Lone surrogates go too, since no database or file can hold them. Text without a
    visible character becomes empty.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    # What went may have stood between combining marks: they are put in order and composed again.
    joined = _without_stray_joiners(unicodedata.normalize("NFC", shown))
    line = unicodedata.normalize("NFC", " ".join(joined.split()))
    return line if any(map(_is_visible, line)) else ""


def tidy_lines(text: str) -> str:
    """The text as `tidy` keeps it, line by line. All kinds of line breaks become line feeds; there
    are none at the ends, and at most one empty line in a row."""
    lines = [tidy(line) for line in _LINE_BREAKS.split(text)]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def key(text: str) -> str:
    """What two texts share when a reader takes them for the same.

    Case, composition, invisible characters, spacing, ligatures, wide and narrow forms, and the
    shapes of apostrophes, quotation marks, hyphens and multiplication signs do not count. Accents
    do: pâté is not pâte. Equal for a text and its `tidy`.
    """
    apart = unicodedata.normalize("NFKD", tidy(text).translate(_SAME_MARKS))
    folded = apart.translate(_SAME_MARKS).casefold()
    unmarked = (mark for mark in folded if mark not in _VARIATION_SELECTORS)
    return unicodedata.normalize("NFC", " ".join("".join(unmarked).split()))


def words(text: str) -> tuple[str, ...]:
    """The words of a text as a search compares them, in order, each as often as it occurs.

    Taken from the text's `key`, without accents, strokes and apostrophes: `Smørrebrød`, `baker's`
    and `T-shirt` give `smorrebrod`, `bakers` and `t`, `shirt`. Words consist of letters and digits
    only. Scripts without spaces give a word for each character that is seen by itself.
    """
    return tuple(word for word in _WORD.findall(_bare(text)) if any(map(_is_visible, word)))


def compounds(text: str) -> tuple[str, ...]:
    """The hyphenated words of a text written together, as some people search for them: `tshirt`."""
    return tuple(found.replace("-", "") for found in _HYPHENATED.findall(_bare(text)))


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", key(text)).translate(_PLAIN_LETTERS)
    letters = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _APOSTROPHES.sub("", unicodedata.normalize("NFC", letters))


def _shown(mark: str) -> str:
    """The character as it is shown: nothing, a space or itself. Joiners stay."""
    if mark in _JOINERS or (mark.isascii() and mark.isprintable()):
        return mark
    category = unicodedata.category(mark)
    if category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs") else mark


def _without_stray_joiners(text: str) -> str:
    """The text without the joiners that have nothing to join on one of their sides."""
    if not any(joiner in text for joiner in _JOINERS):
        return text
    before, after = _can_be_joined(text), _can_be_joined(text[::-1])[::-1]
    return "".join(
        mark
        for mark, *sides in zip(text, before, after, strict=True)
        if mark not in _JOINERS or all(sides)
    )


def _can_be_joined(text: str) -> list[bool]:
    """For each character, whether a joiner in its place could join what stands before it.

    That is a letter or symbol of a script that has joiners, and not another joiner. Combining
    marks do not count: dropping a joiner can change their order.
    """
    is_joinable, found = False, []
    for mark in text:
        found.append(is_joinable)
        if not unicodedata.combining(mark):
            is_letter = mark not in _JOINERS and not mark.isspace()
            is_joinable = is_letter and mark > _LAST_WITHOUT_JOINERS
    return found


def _is_visible(mark: str) -> bool:
    return unicodedata.category(mark) not in _UNSEEN_CATEGORIES and mark not in _BLANKS
