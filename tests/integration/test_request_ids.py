"""Every request has an id, in each line of the log and in every response that no cache keeps."""

from __future__ import annotations

import io
import json
import logging

import pytest

from tests.conftest import Opener, OpenShop
from tests.integration.client import LintingClient

FORM = {"sku": "MUG", "quantity": "1", "csrf_token": "forged"}
PROPOSED = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def log(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the shop's own handler writes."""
    (handler,) = logging.getLogger("shop").handlers
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


def lines(log: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(row) for row in log.getvalue().splitlines()]


def test_each_line_has_the_id_that_its_response_has(
    visitor: LintingClient, log: io.StringIO
) -> None:
    ids = [
        visitor.post("/cart/lines", data=FORM).headers["X-Request-Id"],
        visitor.post("/cart/lines", data=FORM).headers["X-Request-Id"],
    ]
    assert [row["event"] for row in lines(log)] == ["form_refused"] * 2
    assert [row["request_id"] for row in lines(log)] == ids
    assert len(set(ids)) == 2


def test_a_line_outside_a_request_has_none(visitor: LintingClient, log: io.StringIO) -> None:
    visitor.get("/cart")
    logging.getLogger("shop.errors").error("outside")
    assert "request_id" not in lines(log)[-1]


def test_a_page_that_caches_keep_has_none(visitor: LintingClient) -> None:
    assert "X-Request-Id" not in visitor.get("/products").headers
    assert "X-Request-Id" in visitor.get("/nothing-here").headers


@pytest.mark.parametrize(
    ("proxies", "proposed", "is_taken"),
    [
        pytest.param("1", PROPOSED, True, id="of a proxy"),
        pytest.param("0", PROPOSED, False, id="of a visitor"),
        pytest.param("1", "1234567", False, id="too short"),
        pytest.param("1", "1" * 65, False, id="too long"),
        pytest.param("1", '12345678"<b>', False, id="not well-formed"),
        pytest.param("1", "1234567\u0664", False, id="a digit of another script"),
        pytest.param("1", "", False, id="empty"),
    ],
)
def test_only_a_proxy_proposes_an_id(
    open_shop: Opener, proxies: str, proposed: str, is_taken: bool
) -> None:
    visitor = open_shop(SHOP_TRUSTED_PROXIES=proxies).visitor()
    given = visitor.get("/cart", environ_overrides={"HTTP_X_REQUEST_ID": proposed}).headers[
        "X-Request-Id"
    ]
    assert (given == proposed) == is_taken
    assert given
