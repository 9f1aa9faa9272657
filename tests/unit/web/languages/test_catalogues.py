"""Every catalogue has every text, translated, with the same places for figures and names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from audit import translations
from shop.web.languages import catalogues

PLACE = re.compile(r"%\((\w+)\)(\w)")
MARKUP = re.compile(r"</?\w+[^>]*>")
NAMES = catalogues.names()[1:]
every_language = pytest.mark.parametrize("name", NAMES)


def messages(name: str) -> dict[object, Message]:
    file = catalogues.FOLDER / name / "LC_MESSAGES" / "messages.po"
    return {message.id: message for message in translations.read(file) if message.id}


def forms(message: Message) -> list[str]:
    string = message.string
    return [string] if isinstance(string, str) else list(string or ())


def test_languages_have_different_plural_forms() -> None:
    counts = {
        name: translations.read(
            catalogues.FOLDER / name / "LC_MESSAGES" / "messages.po"
        ).num_plurals
        for name in ("ar", "de", "fr")
    }
    assert counts == {"ar": 6, "de": 2, "fr": 2}


@every_language
def test_a_catalogue_has_exactly_the_texts_of_the_shop(name: str) -> None:
    wanted = {message.id for message in translations.extracted() if message.id}
    assert len(wanted) > 400
    assert set(messages(name)) == wanted


@every_language
def test_every_text_is_translated(name: str) -> None:
    file = catalogues.FOLDER / name / "LC_MESSAGES" / "messages.po"
    catalogue = translations.read(file)
    assert translations.untranslated(catalogue) == []
    wrong = [
        message.id
        for message in catalogue
        if message.pluralizable and len(forms(message)) != catalogue.num_plurals
    ]
    assert wrong == []


@every_language
def test_a_translation_has_the_places_and_the_markup_of_its_text(name: str) -> None:
    wrong = []
    for message in messages(name).values():
        original = message.id if isinstance(message.id, str) else message.id[1]
        # One, two and none may be said in a word.
        optional = {("count", "s")} if message.pluralizable else set()
        wanted = set(PLACE.findall(original))
        for form in forms(message):
            places = set(PLACE.findall(form))
            if not wanted - optional <= places <= wanted:
                wrong.append(f"places: {form}")
            if sorted(MARKUP.findall(form)) != sorted(MARKUP.findall(original)):
                wrong.append(f"markup: {form}")
            if form.replace("%(", "").count("%"):
                wrong.append(f"a lone percent sign: {form}")
            if form != form.strip():
                wrong.append(f"a space at an end: {form}")
    assert wrong == []


def test_a_reference_keeps_its_order_from_right_to_left() -> None:
    """Without isolates, 1234-ABCD is shown as ABCD-1234 there, and a day after it joins it."""
    forms_of = [form for message in messages("ar").values() for form in forms(message)]
    with_one = [form for form in forms_of if "%(reference)s" in form]
    assert len(with_one) > 5
    assert [form for form in with_one if "\u2068%(reference)s\u2069" not in form] == []


@pytest.mark.parametrize(
    ("name", "figure", "form"),
    [
        pytest.param("de", 0, "%(count)s Produkte", id="German none"),
        pytest.param("de", 1, "%(count)s Produkt", id="German one"),
        pytest.param("fr", 0, "%(count)s produit", id="French none"),
        pytest.param("fr", 2, "%(count)s produits", id="French two"),
        pytest.param("ar", 0, "لا منتجات", id="Arabic zero"),
        pytest.param("ar", 1, "منتج واحد", id="Arabic one"),
        pytest.param("ar", 2, "منتجان", id="Arabic two"),
        pytest.param("ar", 3, "%(count)s منتجات", id="Arabic few"),
        pytest.param("ar", 110, "%(count)s منتجات", id="Arabic few of a hundred"),
        pytest.param("ar", 11, "%(count)s منتجًا", id="Arabic many"),
        pytest.param("ar", 199, "%(count)s منتجًا", id="Arabic many of a hundred"),
        pytest.param("ar", 100, "%(count)s منتج", id="Arabic other"),
        pytest.param("ar", 1002, "%(count)s منتج", id="Arabic other of a thousand"),
    ],
)
def test_plural_forms(name: str, figure: int, form: str) -> None:
    assert catalogues.read(name).ngettext("%(count)s product", "%(count)s products", figure) == form


def test_a_text_that_nobody_translated_is_found() -> None:
    file = catalogues.FOLDER / "de" / "LC_MESSAGES" / "messages.po"
    catalogue = translations.read(file)
    catalogue["Your cart"].string = ""
    assert translations.untranslated(catalogue) == ["Your cart"]


def test_bringing_a_catalogue_up_to_date_keeps_what_is_translated() -> None:
    file = catalogues.FOLDER / "de" / "LC_MESSAGES" / "messages.po"
    text = file.read_text("utf-8")
    assert translations.updated(text) == text
    without = text.replace('msgid "Your cart"\nmsgstr "Ihr Warenkorb"\n\n', "")
    assert 'msgid "Your cart"\nmsgstr ""\n' in translations.updated(without)
    with_more = text + '\nmsgid "Nobody says this any more"\nmsgstr "Das sagt niemand mehr"\n'
    assert translations.updated(with_more) == text


def test_a_new_catalogue_begins_with_the_plural_forms_of_its_language() -> None:
    begun = translations.updated(translations.header("pl"))
    assert "nplurals=3; plural=" in begun
    assert "# Polish." in begun
    assert begun.count("msgstr[2]") > 10


BEGUN = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            BEGUN + 'msgid "Pay %(total)s now"\nmsgstr "Borga %(totla)s"\n',
            r"“Borga %\(totla\)s” has a placeholder that its msgid lacks",
            id="a misspelt place",
        ),
        pytest.param(
            BEGUN + 'msgid "Pay %(total)s now"\nmsgstr "Borga %(total)d"\n',
            "a placeholder that its msgid lacks, or a stray %",
            id="a place of another kind",
        ),
        pytest.param(
            BEGUN + 'msgid "Pay %(total)s now"\nmsgstr "Borga 100 % %(total)s"\n',
            "a placeholder that its msgid lacks, or a stray %",
            id="a percent sign of its own",
        ),
        pytest.param(
            BEGUN + 'msgid "%(count)s item"\nmsgid_plural "%(count)s items"\n'
            'msgstr[0] "einn"\nmsgstr[1] "%(tala)s"\n',
            r"“%\(tala\)s” has a placeholder",
            id="in a plural form",
        ),
        pytest.param("Nothing of the kind\n", "no catalogue of gettext", id="another file"),
        pytest.param(b"\xff\xfem\0s\0g\0", "no catalogue of gettext", id="in UTF-16"),
    ],
)
def test_a_catalogue_that_would_break_pages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes, reason: str
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    file = tmp_path / "is" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(catalogues.CatalogueRefused, match=reason):
        catalogues.read("is")


def test_a_catalogue_may_say_less_than_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    file = tmp_path / "is" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(BEGUN + 'msgid "%(a)s and %(b)s"\nmsgstr "%(b)s"\n\nmsgid "5%"\nmsgstr "5 %"\n')
    read = catalogues.read("is")
    assert read.gettext("%(a)s and %(b)s") == "%(b)s"
    assert [read.gettext("5%"), read.gettext("All")] == ["5 %", "All"]
