"""What errors say to a shopper, an operator or a log, and the figures that they carry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core import errors


@pytest.mark.parametrize(
    ("made", "said", "carried"),
    [
        pytest.param(
            lambda: errors.Malformed("not JSON"),
            "not JSON",
            {"reason": "not JSON"},
            id="a refused cookie",
        ),
        pytest.param(
            lambda: errors.UnknownVersion("y"),
            "format version y",
            {"version": "y", "reason": "format version y"},
            id="an unknown version",
        ),
        pytest.param(
            lambda: errors.CartTooLarge(4097, 4096),
            "the cart needs 4097 bytes, the limit is 4096",
            {"needed_bytes": 4097, "limit_bytes": 4096},
            id="a cart too large",
        ),
        pytest.param(
            lambda: errors.QuantityRefused(10, 9),
            "quantity 10 is not between 1 and 9",
            {"quantity": 10, "maximum": 9, "held": 0},
            id="a quantity, with none held",
        ),
        pytest.param(
            lambda: errors.QuantityRefused(5, 9, 5),
            "quantity 5 is not between 1 and 9",
            {"quantity": 5, "maximum": 9, "held": 5},
            id="a quantity, with some held",
        ),
        pytest.param(
            lambda: errors.OutOfStock(7),
            "product 7 has too few pieces left",
            {"number": 7},
            id="out of stock",
        ),
        pytest.param(
            lambda: errors.DatabaseUnavailable("locked"),
            "The database refused: locked",
            {"reason": "locked"},
            id="a database",
        ),
        pytest.param(
            lambda: errors.FileRefused(["Row 2: no name.", "Row 3: no price."]),
            "Row 2: no name.\nRow 3: no price.",
            {"problems": ["Row 2: no name.", "Row 3: no price."]},
            id="a file",
        ),
        pytest.param(
            lambda: errors.UnknownSkus(["A", "B"]),
            "No product has the SKU A, B, so nothing was changed.",
            {"skus": ["A", "B"]},
            id="unknown SKUs",
        ),
        pytest.param(
            lambda: errors.OrderNotFound("ABCD-EFGH"),
            "No order has the reference ABCD-EFGH.",
            {},
            id="an unknown order",
        ),
        pytest.param(
            lambda: errors.CouponUsedUp("SPRING"),
            "the coupon SPRING does not apply any more",
            {"code": "SPRING"},
            id="a coupon",
        ),
        pytest.param(
            lambda: errors.PhotoRefused("It is a film.", "Send a picture."),
            "It is a film. Send a picture.",
            {"what": "It is a film.", "advice": "Send a picture."},
            id="a photo",
        ),
        pytest.param(
            lambda: errors.ProductRefused({"price": "write digits", "stock": "is negative"}),
            "price: write digits; stock: is negative",
            {"mistakes": {"price": "write digits", "stock": "is negative"}},
            id="a product",
        ),
    ],
)
def test_an_error_says_what_happened_and_carries_the_figures(
    made: Callable[[], errors.ShopError], said: str, carried: dict[str, object]
) -> None:
    error = made()
    assert str(error) == said
    assert {name: getattr(error, name) for name in carried} == carried
