"""`/test/handles`: the shop as a tester drives it, as JSON: pages, controls, products by state."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from shop.core.catalogue import Group, Product
from shop.storage import catalogue
from shop.storage.engine import reading
from shop.test_mode.asked import CLOCK, FAULT, WORLD
from shop.test_mode.clock import GRAMMAR
from shop.test_mode.faults import MEANINGS
from shop.test_mode.worlds import MOST_WORLDS
from shop.web.cart import cart_cookie, undo
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("test_handles", __name__, url_prefix="/test/handles")


@blueprint.get("")
def show() -> Response:
    """Everything that a test has to know and cannot see. There are no test ids, since each control
    is found by its role and its name, which no other control of its page has.
    """
    here, to = shop(), addresses()
    with reading(here.engine) as connection:
        products = list(catalogue.everything(connection))
    pages = {"home": to.home, "products": to.products, "cart": to.cart, "checkout": to.checkout}
    controls = _controls(products)
    for group, options in _groups(products)[:1]:
        pages["variants"] = to.product(group.slug)
        pages["variants in a list"] = f"{to.products}?{urlencode({'q': group.name})}"
        controls["variants"] = [_control("link", value, exact=False) for value in options]
        controls["variants in a list"] = [_control("link", f"Choose {group.name}")]
    return jsonify(
        pages=pages,
        controls=controls,
        products=_by_state(products),
        cookies={
            "cart": {
                "name": cart_cookie.name(),
                "limit_bytes": here.cart_budget_bytes,
                "life_days": here.cart_max_age_seconds / 86_400,
                "kept_days": cart_cookie.life_seconds() / 86_400,
            },
            "undo": {"name": undo.NAME, "path": to.cart},
        },
        headers={
            WORLD: f"The name of a world; up to {MOST_WORLDS} are open at once.",
            CLOCK: GRAMMAR,
            FAULT: "; ".join(MEANINGS.values()),
        },
        api="/api/openapi.json",
    )


def _controls(products: list[Product]) -> dict[str, list[dict[str, str | bool]]]:
    # In the mini-cart and on the cart's page, those of one line; the others have other names.
    name = next((one.name for one in products if one.is_for_sale and one.group is None), "PRODUCT")
    line = [
        _control("textbox", f"Quantity of {name}"),
        _control("button", f"One less of {name}"),
        _control("button", f"One more of {name}"),
        _control("button", f"Remove {name}"),
        _control("button", "Empty the cart"),
        _control("link", "Share by link"),
        _control("link", "Check out"),
    ]
    return {
        "every page": [
            _control("link", "Cart", exact=False),
            _control("link", "Products"),
            _control("searchbox", "Search"),
            _control("button", "Search"),
        ],
        "products": [_control("button", f"Add {name}")],
        "product": [
            _control("textbox", "Quantity"),
            _control("button", "One less"),
            _control("button", "One more"),
            _control("button", "Add to cart"),
        ],
        "mini-cart": [
            *line,
            _control("button", "Undo the last change"),
            _control("button", "Close"),
            _control("link", "Open full page"),
        ],
        "cart": line,
        "checkout": [
            _control("textbox", "Full name"),
            _control("textbox", "Email"),
            _control("textbox", "Address line 1"),
            _control("textbox", "Town or city"),
            _control("textbox", "Postcode"),
            _control("combobox", "Country"),
            _control("button", "Place the order", exact=False),
        ],
    }


def _groups(products: list[Product]) -> list[tuple[Group, tuple[str, ...]]]:
    # With the values of a variant of each that is for sale.
    return [(one.group, one.options) for one in products if one.is_for_sale and one.group]


def _control(role: str, name: str, *, exact: bool = True) -> dict[str, str | bool]:
    """A control by its role and whole name or, where that has a figure, by a part of its name."""
    return {"role": role, "name": name, "exact": exact}


def _by_state(products: list[Product]) -> dict[str, list[dict[str, object]]]:
    states: dict[str, list[dict[str, object]]] = {
        "for sale": [],
        "last one": [],
        "sold out": [],
        "discontinued": [],
    }
    for product in products:
        if not product.is_active:
            state = "discontinued"
        elif product.is_sold_out:
            state = "sold out"
        else:
            state = "last one" if product.stock == 1 else "for sale"
        states[state].append(
            {
                "sku": product.sku,
                "name": product.name,
                "path": addresses().product(product.slug),
                "group": product.group.slug if product.group else None,
                "stock": product.stock,
            }
        )
    return states
