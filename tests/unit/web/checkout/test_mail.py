from __future__ import annotations

import pytest

from shop.web.checkout import mail

ADA = "ada@example.com"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param(ADA, ADA, id="as it is"),
        pytest.param("Ada@Example.COM", "Ada@example.com", id="capitals"),
        pytest.param("ada@exam\u200bple.com", ADA, id="zero-width space within"),
        pytest.param("\u200b\ufeffada@example.com\u200b", ADA, id="invisible characters around"),
        pytest.param("\u00a0 ada@example.com\u00a0", ADA, id="spaces around"),
        pytest.param("ada@example.com\t\r\n", ADA, id="tab and line break"),
        pytest.param("<ada@example.com>", ADA, id="angle brackets"),
        pytest.param("ada@example.com>", ADA, id="half of the brackets"),
        pytest.param("Ada Baker < ada@example.com >", ADA, id="with a name"),
        pytest.param("mailto:ada@example.com", ADA, id="a copied link"),
        pytest.param("ada+shop@bücher.example.org", "ada+shop@bücher.example.org", id="umlaut"),
    ],
)
def test_what_is_copied_along_with_an_address_is_removed(text: str, address: str) -> None:
    assert mail.normal(text, accepts_test_domains=False) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "must have an @-sign", id="empty"),
        pytest.param("ada", "must have an @-sign", id="a name"),
        pytest.param("<>", "must have an @-sign", id="brackets only"),
        pytest.param("ada@", "something after the @-sign", id="no domain"),
        pytest.param("@example.com", "something before the @-sign", id="no name"),
        pytest.param("ada@example", "“example” is a domain for testing only", id="a top level"),
        pytest.param("ada@shop", "should have a period", id="no top level"),
        pytest.param("ada baker@example.com", "invalid characters", id="a space within"),
        pytest.param("ada@a.de, bob@b.de", "The part after the @-sign", id="two addresses"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mail.normal(text, accepts_test_domains=False)


@pytest.mark.parametrize(
    "text", ["a@home.test", "a@test", "a@localhost", "a@x.LOCALHOST", "a@my.local", "a@b.invalid"]
)
def test_test_domains_are_a_matter_of_the_setting(text: str) -> None:
    with pytest.raises(ValueError, match="is a domain for testing only"):
        mail.normal(text, accepts_test_domains=False)
    assert mail.normal(text, accepts_test_domains=True) == text.lower()


@pytest.mark.parametrize("text", ["@localhost", "a b@home.test", "a@-.test", "a@.test"])
def test_an_address_in_a_test_domain_must_still_be_one(text: str) -> None:
    with pytest.raises(ValueError, match="a complete email address"):
        mail.normal(text, accepts_test_domains=True)
