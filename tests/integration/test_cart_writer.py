"""How a change of the cart is written to the browser's three cookies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core import cookie
from shop.core.packing import integers
from tests.conftest import OpenShop
from tests.integration.client import LintingClient


def count_calls(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, function: Callable[..., str]
) -> list[object]:
    """Replaces a function of a module, and returns a list that gets the arguments of each call."""
    calls: list[object] = []

    def count(*args: object) -> str:
        calls.append(args)
        return function(*args)

    monkeypatch.setattr(module, name, count)
    return calls


def test_a_change_encodes_the_cart_once(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.send("/cart/lines", sku="MUG", quantity=2)
    signed = count_calls(monkeypatch, cookie, "sign", cookie.sign)
    packed = count_calls(monkeypatch, integers, "payload", integers.payload)
    visitor.send("/cart/lines", sku="PENCIL", quantity=1)
    assert (len(signed), len(packed)) == (1, 1)


def test_a_change_sets_the_cart_then_the_undo_stack_then_the_session(
    visitor: LintingClient,
) -> None:
    visitor.send("/cart/lines", sku="MUG")
    response = visitor.send("/cart/lines", sku="PENCIL")
    names = [header.partition("=")[0] for header in response.headers.getlist("Set-Cookie")]
    assert names == ["cart", "undo", "session"]


def test_the_undo_step_is_the_replaced_cookie(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.send("/cart/lines", sku="MUG")
    before = visitor.get_cookie("cart")
    visitor.send("/cart/lines", sku="PENCIL")
    undo = visitor.get_cookie("undo", path="/cart")
    assert before is not None
    assert undo is not None
    assert undo.value == f"{before.value}!-"
