from __future__ import annotations

from shop.lab.museum.page_text import MOST_LINES, Seen

LINE = (
    '<tr data-line="{0}"><th><img src="x"><span>Mug {0}'
    '<span class="line-news">Dearer</span></span></th><td>£1</td>'
    '<td><input type="hidden" name="csrf_token" value="y"><button>Update</button>'
    '<span aria-hidden="true">+</span><input type="text" value="{0}"></td>'
    "<td>£\xa01<!-- x --></td><td><button>Remove</button></td></tr>"
)
PAGE = """<html><head><title>Cart</title></head><body>
<header><p class="notice">not this</p></header>
<main><div class="notices"><p class="notice notice-warning">It   was
<b>damaged</b> &amp; lost</p></div><section class="notice"><p role="alert">Gone</p></section>
<table><tr><th>Product</th></tr>{lines}</table>
<dl class="totals"><div><dt>Total</dt><dd>£1<span class="quiet">only</span></dd></div></dl>
<svg viewBox="0 0 1 1"><path d="M0 0"/></svg></main><footer></footer></body></html>"""


def seen(count: int) -> Seen:
    return Seen.of(PAGE.format(lines="".join(map(LINE.format, range(1, count + 1)))))


def test_words_are_heard_as_they_stand() -> None:
    page = seen(1)
    assert page.said == ("It was damaged & lost", "Gone")
    assert page.lines == (("Mug 1 · Dearer", "£1", "1", "£ 1"),)
    assert page.sums == (("Total", "£1"),)
    assert page.says("damaged &")
    assert not page.says("not this")


def test_of_many_lines_the_first_are_read_and_all_counted() -> None:
    page = seen(MOST_LINES + 3)
    assert [line[0] for line in page.lines] == [
        f"Mug {at} · Dearer" for at in range(1, MOST_LINES + 1)
    ]
    assert (page.count, page.lines_left_out) == (MOST_LINES + 3, 3)
    assert page.sums == (("Total", "£1"),)


def test_a_line_is_found_by_its_words() -> None:
    assert seen(2).line_of("Mug 2")[2] == "2"
    assert seen(2).line_of("Mug 3") == ()
