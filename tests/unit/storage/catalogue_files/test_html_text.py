from __future__ import annotations

import pytest

from shop.storage.catalogue_files.html_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("A plain\ntext > 5", "A plain\ntext > 5", id="no HTML"),
        pytest.param("Salt &amp; pepper\n&frac12;", "Salt & pepper\n½", id="only references"),
        pytest.param("<p>One</p>\n<p>Two  <b>three</b></p>", "One\n\nTwo three", id="paragraphs"),
        pytest.param("One<br>two<br />three", "One\ntwo\nthree", id="line breaks"),
        pytest.param("<ul>\n<li>One</li>\n<li>Two</li>\n</ul>", "- One\n- Two", id="a list"),
        pytest.param("<div>A</div><div>B</div>", "A\n\nB", id="blocks"),
        pytest.param("<table><tr><td>A<td>B</tr><tr><td>C</table>", "A B\n\nC", id="a table"),
        pytest.param("a\n<i>b</i>", "a b", id="a line feed in HTML is a space"),
        pytest.param("<style>p{}</style>A<script>a<b</script>B", "AB", id="nothing unseen"),
        pytest.param("A<!-- not\nthis -->B", "AB", id="a comment"),
        pytest.param("<![if !vml]>A<![endif]><![foo[B]]>", "A", id="what Word writes"),
        pytest.param("3 < 5 and 5 > 3", "3 < 5 and 5 > 3", id="signs, not tags"),
        pytest.param("<p>never closed", "never closed", id="an open tag"),
        pytest.param("A<svg/>B<br/>C", "AB\nC", id="tags that close themselves"),
        pytest.param("a&nbsp;b", "a b", id="a no-break space"),
        pytest.param("<p>&#8203;</p>", "", id="nothing visible"),
    ],
)
def test_html_becomes_the_text_that_is_seen(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_line_feeds_in_html_can_be_kept() -> None:
    assert plain_text("a\n<i>b</i>", keeps_line_feeds=True) == "a\nb"
