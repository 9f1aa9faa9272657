from __future__ import annotations

from shop.lab.museum.page_text import LineText, PageText

MUG = LineText("Mug", "", "£9", "1", "£9")
PAGE = PageText(("It was damaged & lost",), (MUG,), 4, (("Total", "£36"),))


def test_a_page_says_what_its_messages_say() -> None:
    assert PAGE.says("damaged &")
    assert not PAGE.says("found")


def test_omitted_lines_are_counted() -> None:
    assert PAGE.lines_left_out == 3


def test_a_line_is_found_by_its_name() -> None:
    assert PAGE.line_of("Mug") is MUG
    assert PAGE.line_of("Mu") is None
