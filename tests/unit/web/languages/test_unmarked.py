"""No text for shoppers stands in a template, in code or in a script without being looked up.

`test_every_text` reads what pages show, and so only the states that it opens; this reads all files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment

from audit.translations import KEYWORDS, SHOP

ENGLISH_ONLY = ("admin", "lab", "test_mode", "bare.html")
"""Templates of pages that say that they are in English."""
ROOMS = ("web", "providers/pretend_bank", "providers/stripe_checkout")
HOLE, TAG = "\0", "\1"
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"\s*[A-Z][a-z’]* \w.*|.*\w \S+[.?!]\s*", re.DOTALL)
SHOWN = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')
NO_TEXT = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
JS_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
JS_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
JS_SHOWS = re.compile(
    r"""(?:\b(?:textContent|innerText|title|ariaLabel|placeholder|alt)\s*[=:]|\balert\(|\bconfirm\("""
    r"""|(?:"aria-label"|"title"),|\b(?:append|prepend|replaceChildren|createTextNode)\()"""
    r"""\s*["'`]\s*[^\W\d_]"""
)


def template_texts(source: str) -> list[str]:
    """The words of a template that stand in none of its expressions."""
    pieces = Environment(autoescape=True).lex(source)
    data = "".join(
        text if kind == "data" else HOLE * kind.endswith("_begin") for _, kind, text in pieces
    )
    data = NO_TEXT.sub(TAG, data)
    texts = [*re.split(f"[{HOLE}{TAG}]", re.sub(r"<[^>]*>", TAG, data)), *SHOWN.findall(data)]
    return [text.strip() for text in texts if WORD.search(text) and "=" not in text]


def code_texts(source: str) -> list[str]:
    """The literals of a module that read like sentences, and are no argument of a lookup. What is
    raised is for the code that catches it, and for logs."""
    return [text for text in _literals(ast.parse(source)) if SENTENCE.fullmatch(text)]


def _literals(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Expr(value=ast.Constant()) | ast.Raise():
            return
        case ast.Call(func=ast.Name(id=name)) if name in KEYWORDS:
            for keyword in node.keywords:
                yield from _literals(keyword.value)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _literals(child)


def script_texts(source: str) -> list[str]:
    """The literals of a script that read like sentences, or that are shown."""
    code = JS_COMMENT.sub("", source)
    literals = [match[2] for match in JS_STRING.finditer(code)]
    shown = [match[0] for match in JS_SHOWS.finditer(code)]
    return [*filter(SENTENCE.fullmatch, literals), *shown]


def test_templates() -> None:
    folder = SHOP / "templates"
    files = [
        file
        for file in folder.rglob("*.*")
        if file.relative_to(folder).parts[0] not in ENGLISH_ONLY
    ]
    assert len(files) > 30
    found = {str(file.relative_to(SHOP)): template_texts(file.read_text("utf-8")) for file in files}
    # A command, in the keeper's mail, and words that only the laboratory has.
    allowed = {"shop orders show", ", of one piece each, as these buttons add them"}
    assert {name: texts for name, texts in found.items() if set(texts) - allowed} == {}


def test_code() -> None:
    files = [file for room in ROOMS for file in (SHOP / room).rglob("*.py")]
    assert len(files) > 60
    found = {str(file.relative_to(SHOP)): code_texts(file.read_text("utf-8")) for file in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_scripts() -> None:
    files = list((SHOP / "static/js").glob("*.js"))
    assert len(files) > 5
    found = {str(file.relative_to(SHOP)): script_texts(file.read_text("utf-8")) for file in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param('<p>{{ _("Hello there") }}</p>', [], id="looked up"),
        pytest.param("<p>Hello</p>", ["Hello"], id="bare"),
        pytest.param("<p>{{ n }} left</p>", ["left"], id="beside a figure"),
        pytest.param('<a title="More">{{ it }}</a>', ["More"], id="an attribute"),
        pytest.param('<a href="/somewhere">{{ it }}</a>', [], id="an address"),
        pytest.param('{% if x %}class="big"{% endif %}', [], id="an attribute in a condition"),
    ],
)
def test_the_test_sees_what_is_not_looked_up_in_a_template(source: str, texts: list[str]) -> None:
    assert template_texts(source) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param('back(gettext("Nothing was lost"))', [], id="looked up"),
        pytest.param('back("Nothing was lost")', ["Nothing was lost"], id="bare"),
        pytest.param('f"{a} is not known."', [" is not known."], id="formatted"),
        pytest.param('gettext("%(a)s", a="Not known")', ["Not known"], id="a variable of one"),
        pytest.param('"""What it does."""', [], id="a docstring"),
        pytest.param('raise ValueError("Something is wrong")', [], id="raised"),
        pytest.param('header = "public, no-cache"', [], id="a header"),
    ],
)
def test_the_test_sees_what_is_not_looked_up_in_code(source: str, texts: list[str]) -> None:
    assert code_texts(source) == texts


@pytest.mark.parametrize(
    ("source", "count"),
    [
        pytest.param("said.textContent = this.dataset.copied;", 0, id="from the page"),
        pytest.param('said.textContent = "Copied";', 1, id="a word"),
        pytest.param('button.setAttribute("aria-label", "close")', 1, id="a label"),
        pytest.param('const said = "It is copied";', 1, id="a sentence"),
        pytest.param('find(".product input[name=quantity]")', 0, id="a selector"),
        pytest.param('// It says "Nothing is here" there.\nx()', 0, id="a comment"),
    ],
)
def test_the_test_sees_what_a_script_shows(source: str, count: int) -> None:
    assert len(script_texts(source)) == count
