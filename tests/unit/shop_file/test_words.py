from __future__ import annotations

from pathlib import Path

import pytest

from shop.core.words import Contact
from shop.shop_file.reading import ShopFileRefused, demo_words
from tests.unit.shop_file.files import words_of

OWN = """
name = "Le\u00adseratte"
title = "Buchhandlung"
description = "Eine kleine Buchhandlung."
claim = "Gute  Bücher"
welcome = "Willkommen."
search_example = "Krimi"
vat_id = "DE 123456789"

[contact]
email = "Hallo@Leseratte.Example"
phone = "+49 (0)30 901820"
address = ["Leseratte", "Hauptstraße 1", "10827 Berlin"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.toml"


def problems(file: Path) -> list[str]:
    with pytest.raises(ShopFileRefused) as refused:
        words_of(file)
    return refused.value.problems


def test_a_shop_without_a_file_is_the_demo_shop() -> None:
    assert words_of(None) == demo_words()
    assert demo_words().name == "Crumb"
    assert all((demo_words().title, demo_words().welcome, demo_words().preview_text))


def test_every_word_is_read_and_cleaned(file: Path) -> None:
    file.write_text(OWN, "utf-8")
    words = words_of(file)
    assert (words.name, words.title, words.claim) == ("Leseratte", "Buchhandlung", "Gute Bücher")
    assert (words.description, words.welcome) == ("Eine kleine Buchhandlung.", "Willkommen.")
    assert (words.search_example, words.vat_id) == ("Krimi", "DE 123456789")
    assert words.contact == Contact(
        email="Hallo@leseratte.example",
        phone="+49 (0)30 901820",
        address=("Leseratte", "Hauptstraße 1", "10827 Berlin"),
    )


def test_what_is_not_stated_is_as_in_the_demo_shop(file: Path) -> None:
    file.write_text('claim = "Bread"')
    assert (words_of(file).claim, words_of(file).name) == ("Bread", "Crumb")
    assert words_of(file).preview_text == demo_words().preview_text
    assert not words_of(file).is_reachable


def test_a_shop_of_another_name_does_not_show_the_picture_with_the_name_of_the_demo_shop(
    file: Path,
) -> None:
    file.write_text('name = "Loaf"')
    assert words_of(file).preview_text == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("name = 12", "name: found 12, expected a text of 1 to 60 chara", id="number"),
        pytest.param('name = " "', "name: found “ ”, expected a text of 1 to 60", id="blank"),
        pytest.param(
            f'claim = "{"x" * 121}"',
            f"claim: found “{'x' * 58}…, expected a text of 1 to 120 characters.",
            id="too long",
        ),
        pytest.param(
            'nane = "Loaf"',
            "nane: found an unknown key, expected one of languages, name, title, ",
            id="unknown",
        ),
        pytest.param(
            '[contact]\nfax = "1"',
            "contact.fax: found an unknown key, expected one of email, phone, address.",
            id="unknown in a table",
        ),
        pytest.param(
            'contact = "me"',
            "contact: found “me”, expected a table, begun by a line [contact].",
            id="no table",
        ),
        pytest.param(
            'vat_id = "none"',
            "vat_id: found “none”, expected a VAT id such as GB 123 4567 89.",
            id="VAT id",
        ),
        pytest.param(
            '[contact]\nemail = "hello"',
            "contact.email: found “hello”, expected an address such as hello@shop.example.",
            id="email",
        ),
        pytest.param(
            '[contact]\nphone = "call us"',
            "contact.phone: found “call us”, expected a number such as +44 20 7946 0000.",
            id="phone",
        ),
        pytest.param(
            '[contact]\nphone = ["1", "2"]',
            "contact.phone: found ['1', '2'], expected a number such as",
            id="phone as a list",
        ),
        pytest.param(
            '[contact]\naddress = "1 Mill Lane"',
            "contact.address: found “1 Mill Lane”, expected a list of 1 to 6 texts of 1 to 80",
            id="address as a text",
        ),
        pytest.param(
            '[contact]\naddress = [""]',
            "contact.address: found [''], expected a list of 1 to 6 texts",
            id="empty line",
        ),
        pytest.param(
            '[contact]\naddress = ["1", "2", "3", "4", "5", "6", "7"]',
            "expected a list of 1 to 6 texts",
            id="too many lines",
        ),
        pytest.param("name = ", "it is not TOML: ", id="no TOML"),
        pytest.param("# \u2026" + "x" * 100_000, "it is larger than 100,000 bytes", id="large"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(file: Path, content: str, problem: str) -> None:
    file.write_text(content, "utf-8")
    (told,) = problems(file)
    assert told.startswith(str(file))
    assert problem in told


def test_every_mistake_is_told_at_once(file: Path) -> None:
    file.write_text("name = 1\nhue = 2\n[contact]\nemail = 3\nfax = 4", "utf-8")
    assert len(problems(file)) == 4


def test_a_file_that_is_not_there_or_no_text_is_told(file: Path) -> None:
    assert problems(file) == [
        f"{file}: it cannot be read (No such file or directory). Correct the file, or start the "
        "shop without it."
    ]
    file.write_bytes("name = 'Bäcker'".encode("latin-1"))
    assert "it is not written in UTF-8" in problems(file)[0]
