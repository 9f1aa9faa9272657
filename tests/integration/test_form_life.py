"""How long a page's forms work: for its whole life, and hardly a minute more."""

from __future__ import annotations

import pytest
from itsdangerous import TimestampSigner

from shop.web.site.security import LONGEST_TOKEN_AGE_SECONDS
from tests.conftest import DAY, Clock, Opener, OpenShop
from tests.integration.checkouts import alert, orders, place
from tests.integration.client import TOKEN_PAGE, LintingClient, csrf_token, field_value

LIFE = 2 * DAY


@pytest.fixture
def shop(open_shop: Opener, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> OpenShop:
    """A shop whose signatures have the time of the tests' clock, as a new token begins."""
    clock.now -= clock.now % LONGEST_TOKEN_AGE_SECONDS
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: clock.now)
    return open_shop(SHOP_FORM_MAX_AGE_DAYS="2")


def status_after(shop: OpenShop, visitor: LintingClient, seconds: int) -> int:
    """The status of a form that is sent this long after its page was shown."""
    assert visitor.token
    shop.clock.now += seconds
    return visitor.add("MUG").status_code


@pytest.mark.parametrize("earlier", [0, LONGEST_TOKEN_AGE_SECONDS - 1])
@pytest.mark.parametrize("seconds", [LIFE - 1, LIFE])
def test_a_form_works_for_its_whole_life(
    shop: OpenShop, visitor: LintingClient, earlier: int, seconds: int
) -> None:
    visitor.get(TOKEN_PAGE)  # its token is used for the next pages, too
    shop.clock.now += earlier
    assert status_after(shop, visitor, seconds) == 303


@pytest.mark.parametrize(("seconds", "status"), [(0, 303), (1, 400)])
def test_no_form_works_longer_than_its_life_and_the_age_of_a_token(
    shop: OpenShop, visitor: LintingClient, seconds: int, status: int
) -> None:
    assert status_after(shop, visitor, LIFE + LONGEST_TOKEN_AGE_SECONDS + seconds) == status


@pytest.mark.parametrize(
    ("seconds", "is_same"),
    [
        pytest.param(LONGEST_TOKEN_AGE_SECONDS - 1, True, id="one second before"),
        pytest.param(LONGEST_TOKEN_AGE_SECONDS, False, id="after five minutes"),
        pytest.param(LONGEST_TOKEN_AGE_SECONDS + 1, False, id="one second later"),
    ],
)
def test_a_token_is_signed_again_after_five_minutes(
    shop: OpenShop, visitor: LintingClient, seconds: int, is_same: bool
) -> None:
    assert LONGEST_TOKEN_AGE_SECONDS == 300
    visitor.get(TOKEN_PAGE)  # begins the session
    first = visitor.token
    shop.clock.now += seconds
    assert (csrf_token(visitor.get(TOKEN_PAGE).text) == first) == is_same


@pytest.mark.parametrize(("seconds", "status"), [(LIFE // 2, 303), (LIFE // 2 + 1, 409)])
def test_the_checkout_asks_to_confirm_long_before_its_form_is_refused(
    shop: OpenShop, visitor: LintingClient, seconds: int, status: int
) -> None:
    # The other half is for what was typed: a refused form would lose it.
    visitor.add("MUG")
    token = field_value(visitor.get("/checkout").text, "once")
    shop.clock.now += seconds
    response = place(visitor, token)
    assert (response.status_code, orders(shop)) == (status, int(status == 303))
    if status == 409:
        assert "open for too long" in alert(response)
        assert field_value(response.text, "email") == "ada@example.com"
