from __future__ import annotations

import pytest
from babel import Locale

from shop.core.orders import Address, Customer
from shop.web.checkout import postal
from shop.web.languages.language import language_of
from shop.web.languages.texts import speaking

EMPTY = {"line_1": "1 Row", "line_2": "", "town": "", "region": "", "postcode": ""}


def address(country: str, **parts: str) -> Address:
    return Address(**(EMPTY | parts), country=country)


def printed(where: Address) -> list[str]:
    return postal.printed(Customer("Ada Baker", "ada@example.com", postal.normal(where), ""))


@pytest.mark.parametrize(
    ("country", "typed", "postcode"),
    [
        pytest.param("GB", "ba11aa", "BA1 1AA", id="no space"),
        pytest.param("GB", "M2 5bq", "M2 5BQ", id="lower case"),
        pytest.param("GB", "BA1\u20131AA", "BA1 1AA", id="a dash"),
        pytest.param("CA", "v8x3x4", "V8X 3X4", id="CA"),
        pytest.param("US", "221621010", "22162-1010", id="US, nine digits"),
        pytest.param("US", "95014", "95014", id="US"),
        pytest.param("JP", "１５４００２３", "154-0023", id="wide digits"),
        pytest.param("PL", "00950", "00-950", id="PL"),
        pytest.param("NL", "1234ab", "1234 AB", id="NL"),
        pytest.param("DE", "D-10117", "10117", id="the country in front"),
        pytest.param("IE", "a65f4e2", "A65 F4E2", id="Eircode"),
        pytest.param("IE", "", "", id="none where none is needed"),
        pytest.param("AE", "00000", "00000", id="where there are none"),
    ],
)
def test_a_postcode_is_written_as_the_country_does(country: str, typed: str, postcode: str) -> None:
    where = address(country, town="Town", postcode=typed)
    assert postal.normal(where).postcode == postcode
    assert "postcode" not in postal.problems(where, "there")


@pytest.mark.parametrize(
    ("country", "typed", "region"),
    [
        pytest.param("US", "ny", "NY", id="a code"),
        pytest.param("US", "N.Y.", "NY", id="a code with points"),
        pytest.param("US", "new  york", "NY", id="a name"),
        pytest.param("CA", "Colombie Britannique", "BC", id="another language, no hyphen"),
        pytest.param("BR", "Sao Paulo", "SP", id="no accent"),
        pytest.param("JP", "Tokyo", "Tokyo", id="Latin letters"),
        pytest.param("JP", "東京都", "東京都", id="the country's letters"),
        pytest.param("IE", "co dublin", "Co. Dublin", id="a county"),
        pytest.param("IE", "Dublin", "Dublin", id="unknown where none is needed"),
        pytest.param("GB", "Somerset", "Somerset", id="where there are none"),
    ],
)
def test_a_region_is_known_by_name_or_code(country: str, typed: str, region: str) -> None:
    where = address(country, town="Town", region=typed)
    assert postal.normal(where).region == region
    assert "region" not in postal.problems(where, "there")


@pytest.mark.parametrize(
    ("where", "field", "reason"),
    [
        pytest.param(
            address("US", town="X", postcode="95014"),
            "region",
            "please enter the state, such as Alabama or AL.",
            id="no state",
        ),
        pytest.param(
            address("US", town="X", region="Califonia", postcode="95014"),
            "region",
            "“Califonia” is not a state in the country you chose, Atlantis. "
            "Did you mean California?",
            id="a misspelt state",
        ),
        pytest.param(
            address("AU", town="X", region="Bavaria", postcode="2000"),
            "region",
            "“Bavaria” is not a state in the country you chose, Atlantis. Please enter its "
            "full name or its code, such as Australian Capital Territory or ACT.",
            id="another country's",
        ),
        pytest.param(
            address("FR", town="Paris"),
            "postcode",
            "please enter the postcode, such as 33380 or 34092.",
            id="no postcode",
        ),
        pytest.param(
            address("FR", town="Paris", postcode="BA1 1AA"),
            "postcode",
            "“BA1 1AA” is not a postcode in the country you chose, Atlantis. "
            "They look like 33380 or 34092.",
            id="another country's postcode",
        ),
        pytest.param(
            address("IE", town="Cork", postcode="12345"),
            "postcode",
            "“12345” is not a postcode in the country you chose, Atlantis. "
            "They look like A65 F4E2. You may also leave it empty.",
            id="a wrong one where none is needed",
        ),
        pytest.param(
            address("CR", town="X", region="X", postcode="12345678"),
            "postcode",
            "“12345678” is not a postcode in the country you chose, Atlantis. "
            "They look like 1000 or 2010. You may also leave it empty.",
            id="more than a postcode",
        ),
        pytest.param(
            address("US", town="X", region="CA", postcode="10001"),
            "postcode",
            "“10001” is not in “CA”. Postcodes there look like 90000 or 96199. Please check both.",
            id="in another state",
        ),
        pytest.param(
            address("GB", postcode="BA1 1AA"),
            "town",
            "please enter the town.",
            id="no town",
        ),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_to_do(
    where: Address, field: str, reason: str
) -> None:
    assert postal.problems(where, "Atlantis") == {field: reason}


@pytest.mark.parametrize(
    ("language", "where", "reason"),
    [
        pytest.param(
            "de",
            address("FR", town="Paris"),
            "Bitte geben Sie die Postleitzahl ein, zum Beispiel 33380 oder 34092.",
            id="a German postcode",
        ),
        pytest.param(
            "de",
            address("GB", postcode="BA1 1AA"),
            "Bitte geben Sie den Ort ein.",
            id="a German town",
        ),
        pytest.param(
            "fr", address("GB", postcode="BA1 1AA"), "veuillez saisir la ville.", id="a French town"
        ),
    ],
)
def test_what_is_missing_is_asked_for_in_a_whole_sentence(
    language: str, where: Address, reason: str
) -> None:
    with speaking(language_of(Locale.parse(language))):
        assert list(postal.problems(where, "Atlantis").values()) == [reason]


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        pytest.param(
            address("GB", line_2="Flat 2", town="Bath", postcode="BA1 1AA"),
            ["Ada Baker", "1 Row", "Flat 2", "BATH", "BA1 1AA", "UNITED KINGDOM"],
            id="GB",
        ),
        pytest.param(
            address("GB", town="Bath", region="Somerset", postcode="BA1 1AA"),
            ["Ada Baker", "1 Row", "BATH, SOMERSET", "BA1 1AA", "UNITED KINGDOM"],
            id="GB, with a county",
        ),
        pytest.param(
            address("US", town="Palo Alto", region="California", postcode="94301"),
            ["Ada Baker", "1 Row", "PALO ALTO, CA 94301", "UNITED STATES"],
            id="US",
        ),
        pytest.param(
            address("CA", town="Victoria", region="BC", postcode="V8X 3X4"),
            ["ADA BAKER", "1 ROW", "VICTORIA BC V8X 3X4", "CANADA"],
            id="CA",
        ),
        pytest.param(
            address("JP", line_1="千代田1-1", region="東京都", postcode="1000001"),
            ["〒100-0001", "東京都", "千代田1-1", "Ada Baker", "JAPAN"],
            id="JP",
        ),
        pytest.param(
            address("JP", town="Chiyoda-ku", region="Tokyo", postcode="1000001"),
            ["Ada Baker", "1 Row", "Chiyoda-ku, TOKYO", "100-0001", "JAPAN"],
            id="JP in Latin letters, with a town",
        ),
        pytest.param(
            address("SG", town="Singapore", postcode="238823"),
            ["Ada Baker", "1 Row", "SINGAPORE 238823", "REP. OF SINGAPORE"],
            id="a town that the form names",
        ),
        pytest.param(
            address("AE", town="Dubai", region="Dubai"),
            ["Ada Baker", "1 Row", "Dubai", "UNITED ARAB EMIRATES"],
            id="a town named like its region",
        ),
        pytest.param(
            address("TH", town="Bangkok", postcode="10200"),
            ["Ada Baker", "1 Row", "Bangkok", "10200", "THAILAND"],
            id="no comma for what is missing",
        ),
    ],
)
def test_an_address_is_printed_as_its_country_does(where: Address, lines: list[str]) -> None:
    assert postal.problems(where, "there") == {}
    assert printed(where) == lines


def test_an_older_address_is_printed_as_it_was_written() -> None:
    customer = Customer("Ada", "ada@example.com", "1 Row\nBath", "")
    assert postal.printed(customer) == ["Ada", "1 Row", "Bath"]
