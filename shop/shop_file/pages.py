"""The legal pages that the file names: Markdown (CommonMark with tables) becomes HTML, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from shop.core.text import tidy
from shop.core.words import LEGAL_SLUGS, LegalPage
from shop.shop_file.languages import in_languages
from shop.shop_file.table import Table
from shop.web.languages.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

LONGEST_TITLE = 60
LARGEST_OCTETS = 200_000
_EXPECTED = "a Markdown file, named from the folder of this one"
_FIRST = f"a first line such as “# Privacy”, of at most {LONGEST_TITLE} characters"


def read_pages(table: Table, languages: tuple[Language, ...]) -> dict[str, tuple[LegalPage, ...]]:
    """The pages whose files the table names, by the tags of the shop's languages. A page that a
    language has no file for is there in the shop's own."""
    stated = {slug: in_languages(table, slug, _page(slug), languages) for slug in LEGAL_SLUGS}
    table.finish()
    own = languages[0].tag
    written = {
        slug: {tag: replace(page, tag=tag) for tag, page in pages.items()}
        for slug, pages in stated.items()
        if own in pages
    }
    return {
        language.tag: tuple(pages.get(language.tag, pages[own]) for pages in written.values())
        for language in languages
    }


def _page(slug: str) -> Callable[[Table, str], LegalPage | None]:
    def take(table: Table, key: str) -> LegalPage | None:
        file = table.file_named(key, _EXPECTED, LARGEST_OCTETS)
        return None if file is None else _rendered(table, slug, key, *file)

    return take


def _rendered(table: Table, slug: str, key: str, file: Path, octets: bytes) -> LegalPage | None:
    from markdown_it import MarkdownIt  # only shops with pages need it

    # HTML in the text is shown as text. Pictures would come from other sites, which see the visit.
    markdown = MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")
    try:
        tokens = markdown.parse(octets.decode("utf-8-sig"))
    except UnicodeDecodeError:
        table.note(key, f"found {file}, which is not written in UTF-8")
        return None
    title = _title(tokens)
    if title is None:
        table.note(key, f"found {file} without its title, expected {_FIRST}")
        return None
    if any(_is_title(token) for token in tokens[1:]):
        table.note(
            key, f"found a second title in {file}, expected headings of parts such as “## Cookies”"
        )
        return None
    for token in tokens:
        _align(token)
    _name_cells(tokens)
    return LegalPage(slug, title, markdown.renderer.render(tokens[3:], markdown.options, {}))


def _title(tokens: Sequence[Token]) -> str | None:
    if not tokens or not _is_title(tokens[0]):
        return None
    title = tidy("".join(part.content for part in tokens[1].children or ()))
    return title if 1 <= len(title) <= LONGEST_TITLE else None


def _align(token: Token) -> None:
    # The renderer writes a style, which our Content-Security-Policy refuses.
    if token.attrs.pop("style", "") == "text-align:right":
        token.attrs["class"] = "figure"


def _name_cells(tokens: Sequence[Token]) -> None:
    # On a phone the cells of a row stand below one another, each beside the head of its column.
    heads: list[str] = []
    column = 0
    for token, content in pairwise(tokens):
        if token.type == "thead_open":
            heads = []
        elif token.type == "th_open":
            heads.append(tidy("".join(part.content for part in content.children or ())))
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrs["data-head"] = heads[column]
            column += 1


def _is_title(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h1"
