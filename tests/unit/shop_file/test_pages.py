from __future__ import annotations

from pathlib import Path

import pytest

from shop.core.words import LegalPage
from shop.shop_file.reading import ShopFileRefused
from tests.unit.shop_file.files import words_of


def pages(folder: Path, *texts: bytes) -> tuple[LegalPage, ...]:
    """The pages of a shop whose files are these, in the order of the keys turned round."""
    keys = ("returns", "imprint", "terms", "privacy")[: len(texts)]
    for key, octets in zip(keys, texts, strict=True):
        (folder / f"{key}.md").write_bytes(octets)
    lines = [f'{key} = "{key}.md"' for key in keys]
    (folder / "shop.toml").write_text("\n".join(["[pages]", *lines]))
    return words_of(folder / "shop.toml").pages


def test_markdown_becomes_html(tmp_path: Path) -> None:
    text = "# Send it *back*\n\n## When\n\n- within **30** days\n- [ask](/imprint)\n"
    (page,) = pages(tmp_path, text.encode())
    assert (page.slug, page.title) == ("returns", "Send it back")
    assert page.html == (
        "<h2>When</h2>\n<ul>\n<li>within <strong>30</strong> days</li>\n"
        '<li><a href="/imprint">ask</a></li>\n</ul>\n'
    )


def test_a_table_has_figures_on_the_right_named_cells_and_no_styles(tmp_path: Path) -> None:
    (page,) = pages(tmp_path, b'# Fees\n\n| *To* | "F" | |\n|:-:|-:|--|\n| UK | 4 | *2* |\n')
    assert page.html == (
        "<table>\n<thead>\n<tr>\n<th><em>To</em></th>\n"
        '<th class="figure">&quot;F&quot;</th>\n<th></th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td data-head="To">UK</td>\n'
        '<td class="figure" data-head="&quot;F&quot;">4</td>\n'
        '<td data-head=""><em>2</em></td>\n</tr>\n</tbody>\n</table>\n'
    )


def test_pages_stand_in_their_own_order(tmp_path: Path) -> None:
    found = pages(tmp_path, b"# R", b"# I", b"# T", b"\xef\xbb\xbf# P")
    assert [(page.slug, page.title) for page in found] == [
        ("privacy", "P"), ("terms", "T"), ("imprint", "I"), ("returns", "R"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("<script>alert(1)</script>", id="block"),
        pytest.param("a <b onclick=x>b</b>", id="inline"),
        pytest.param("[x](javascript:alert(1))", id="link to a script"),
        pytest.param("![x](https://elsewhere.example/x.png)", id="picture"),
    ],
)
def test_neither_html_nor_scripts_nor_pictures_come_through(tmp_path: Path, markdown: str) -> None:
    (page,) = pages(tmp_path, f"# Title\n\n{markdown}\n".encode())
    for tag in ("<script", "<b", 'href="javascript', "<img"):
        assert tag not in page.html


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(b"", "without its title, expected a first line such as", id="empty"),
        pytest.param(b"Text\n\n# Title", "without its title", id="text first"),
        pytest.param(b"# " + b"x" * 61, "of at most 60 characters.", id="long title"),
        pytest.param(b"# One\n\n# Two", "found a second title in", id="two titles"),
        pytest.param(b"# B\xe4cker", "which is not written in UTF-8.", id="no UTF-8"),
        pytest.param(b"# T\n" + b"x" * 200_000, "expected at most 200,000.", id="large"),
    ],
)
def test_a_page_that_cannot_be_used_is_told(tmp_path: Path, octets: bytes, problem: str) -> None:
    with pytest.raises(ShopFileRefused) as refused:
        pages(tmp_path, octets)
    (told,) = refused.value.problems
    assert told.startswith(f"{tmp_path / 'shop.toml'}, pages.returns: found ")
    assert problem in told


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param(
            'terms = "none.md"',
            "pages.terms: found “none.md”, which cannot be read (No such file or directory), "
            "expected a Markdown file, named from the folder of this one.",
            id="missing",
        ),
        pytest.param(
            "terms = 1", "pages.terms: found 1, expected a Markdown file, named", id="number"
        ),
        pytest.param('terms = ""', "pages.terms: found “”, expected a Markdown", id="empty"),
        pytest.param('terms = "a\\u0000"', "which cannot be read (", id="no name of a file"),
        pytest.param(
            'faq = "faq.md"',
            "pages.faq: found an unknown key, expected one of privacy, terms, imprint, returns.",
            id="unknown",
        ),
    ],
)
def test_a_wrong_key_is_told(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(f"[pages]\n{line}")
    with pytest.raises(ShopFileRefused, match=r"^[^\n]*$") as refused:
        words_of(file)
    assert problem in str(refused.value)
