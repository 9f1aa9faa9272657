"""Whatever is typed at the checkout is answered, kept, and printed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.orders import Address, Customer
from shop.core.text import tidy, tidy_lines, words
from shop.web.checkout import postal
from tests.integration.checkouts import once, typed
from tests.integration.client import CUSTOMER, LintingClient

COUNTRIES = ("AE", "AU", "CA", "DE", "GB", "HK", "IE", "IT", "JP", "KR", "MX", "SG", "TH", "US")
NEAR = (
    "California",
    "CA",
    "N.Y.",
    "東京都",
    "BA11AA",
    "10001",
    "D-10117",
    "Singapore",
    "%C%n",
    "-",
)

texts = st.text(max_size=30) | st.sampled_from(NEAR)
tidied = texts.map(tidy)
addresses = st.builds(
    Address,
    line_1=tidied,
    line_2=tidied,
    town=tidied,
    region=tidied,
    postcode=tidied,
    country=st.sampled_from(COUNTRIES),
)


@settings(max_examples=50)
@given(name=tidied, address=addresses)
def test_a_printed_address_holds_every_word(name: str, address: Address) -> None:
    normal = postal.normal(address)
    assert postal.normal(normal) == normal
    postal.problems(address, "there")
    printed = words(" ".join(postal.printed(Customer(name, "", normal, ""))))
    for part in (name, normal.line_1, normal.line_2, normal.town, normal.region, normal.postcode):
        assert set(words(part.upper())) <= set(words(" ".join(printed).upper()))


def test_any_text_in_any_field_is_answered_and_kept(visitor: LintingClient) -> None:
    visitor.add("MUG")
    token = once(visitor)

    @settings(max_examples=40)
    @given(
        sent=st.fixed_dictionaries(dict.fromkeys((*CUSTOMER, "line_2", "region", "note"), texts)),
        country=texts | st.sampled_from(("GB", "US", "JP")),
    )
    def is_kept(sent: dict[str, str], country: str) -> None:
        response = visitor.send("/checkout", once=token, **(sent | {"country": country}))
        assert response.status_code == 422  # no text is an email address by chance
        kept = {name: tidy(text) for name, text in sent.items() if name != "country"}
        assert typed(response.text).items() >= (kept | {"note": tidy_lines(sent["note"])}).items()

    is_kept()
