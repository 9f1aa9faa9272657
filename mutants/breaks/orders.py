"""Breaks of prices, stock and orders."""

from __future__ import annotations

from mutants.entry import Break

_PRICING = "shop/core/pricing.py"
_CHECKOUT = "shop/web/pages/checkout.py"
_STORED = "shop/storage/orders/placing.py"
_QUOTED = "    products = here.catalogue.snapshot([line.number for line in cart.lines])\n"
_PRICING_TESTS = ("tests/unit/core/test_pricing.py",)
_CHECKOUT_TESTS = ("tests/integration/test_checkout.py",)
_AGAIN_TESTS = ("tests/integration/test_sent_again.py",)
_CHANGES_TESTS = ("tests/integration/test_checkout_changes.py",)

BREAKS = (
    Break(
        "the price from the cookie",
        "Whoever fills a cart today pays today's prices for a month.",
        "shop/web/pages/cart.py",
        _QUOTED,
        f"""{_QUOTED}    from dataclasses import replace

    then = earlier_prices(cart)
    products = {{n: replace(it, price=then.get(n, it.price)) for n, it in products.items()}}
""",
        ("tests/integration/test_price_notices.py",),
    ),
    Break(
        "the price from the form",
        "A shopper names the price.",
        "shop/web/pages/cart.py",
        _QUOTED,
        f"""{_QUOTED}    if "price" in request.form:
        from dataclasses import replace

        from shop.core.money import Money

        named = Money(int(request.form["price"]), here.rules.currency)
        products = {{n: replace(it, price=named) for n, it in products.items()}}
""",
        _CHECKOUT_TESTS,
    ),
    Break(
        "a changed price needs no consent",
        "An order costs more than the page said.",
        _CHECKOUT,
        "if quote.fingerprint != shown:",
        "if not quote.fingerprint:",
        _CHECKOUT_TESTS,
    ),
    Break(
        "halves are rounded down",
        "The VAT on invoices is a penny off.",
        "shop/core/money.py",
        "quotient + (2 * rest >= denominator)",
        "quotient + (2 * rest > denominator)",
        ("tests/unit/core/test_money.py",),
    ),
    Break(
        "VAT is rounded down line by line",
        "The VAT on a page is not what its lines add up to.",
        _PRICING,
        "vat_minor[rate] = vat_minor.get(rate, 0) + contained_vat(total - share, rate)",
        "vat_minor[rate] = vat_minor.get(rate, 0) + (total - share) * rate // (10_000 + rate)",
        _PRICING_TESTS,
    ),
    Break(
        "shipping is not free at the threshold",
        "The page says free from £40, and £40 pays.",
        _PRICING,
        "if threshold is not None and subtotal >= threshold:",
        "if threshold is not None and subtotal > threshold:",
        _PRICING_TESTS,
    ),
    Break(
        "the total leaves shipping out",
        "The sum below the lines is not what is charged.",
        _PRICING,
        "subtotal.minor - discount.minor + shipping.minor",
        "subtotal.minor - discount.minor",
        _PRICING_TESTS,
    ),
    Break(
        "a discontinued product is charged",
        "Something that is no longer sold is ordered and paid for.",
        _PRICING,
        "    if not product.is_active:\n        return Problem.DISCONTINUED\n",
        "",
        _PRICING_TESTS,
    ),
    Break(
        "a product withdrawn meanwhile is ordered",
        "What was withdrawn from sale a moment before is sold.",
        _STORED,
        "                ProductRow.is_active,\n",
        "",
        _CHANGES_TESTS,
    ),
    Break(
        "stock below zero",
        "The last piece is sold twice, or the second shopper sees an error.",
        _STORED,
        "                ProductRow.stock.is_(None) | (ProductRow.stock >= line.quantity),\n",
        "",
        _CHANGES_TESTS,
    ),
    Break(
        "stock is not taken",
        "More is sold than there is.",
        _STORED,
        ".values(stock=ProductRow.stock - line.quantity)",
        ".values(stock=ProductRow.stock)",
        _CHECKOUT_TESTS,
    ),
    Break(
        "an order is placed twice",
        "A double click or a reload orders and charges twice.",
        _CHECKOUT,
        "once_key=once_key,\n        now",
        "once_key=shop().new_id(),\n        now",
        _CHECKOUT_TESTS,
    ),
    Break(
        "a checkout that is opened again orders again",
        "Whoever lost the response and tries again pays twice.",
        _CHECKOUT,
        """secret = f"{session['csrf_token']} {visit.value}\"""",
        """secret = f"{session['csrf_token']} {visit.value} {shop().new_id()}\"""",
        _CHECKOUT_TESTS,
    ),
    Break(
        "an order leaves the cart full",
        "The next order holds everything again.",
        _CHECKOUT,
        "value = writer.encoded(visit, left)",
        "value = writer.encoded(visit, visit.cart)",
        _CHECKOUT_TESTS,
    ),
    Break(
        "an order empties a newer cart",
        "What was added in another tab while the order was sent is lost.",
        _CHECKOUT,
        "if visit.cart.lines and visit.cart.changed_at <= order.placed_at:",
        "if visit.cart.lines:",
        _CHECKOUT_TESTS,
    ),
    Break(
        "the checkout shows the last order to anybody",
        "The next person at a shared computer sees a stranger's address.",
        _CHECKOUT,
        "if shop().now() - placed_at < LAST_ORDER_SECONDS:",
        "if token:",
        _CHECKOUT_TESTS,
    ),
    Break(
        "an address of an order can be guessed",
        "Anybody reads the names and addresses of all customers.",
        "shop/web/pages/order.py",
        "order = lookup.by_token(shop().engine, token)",
        "order = lookup.by_token(shop().engine, token) or next(\n"
        "        (it for it in lookup.everything(shop().engine) if token in it.reference), None\n"
        "    )",
        _CHECKOUT_TESTS,
    ),
    Break(
        "an order does not keep its key",
        "A checkout that is sent twice, because a process died or in two tabs, is two orders.",
        _STORED,
        "            once_key=order.once_key,\n",
        "            once_key=order.token,\n",
        _AGAIN_TESTS,
    ),
    Break(
        "the second of two forms at once is an error",
        "On PostgreSQL, a shopper who presses the button twice sees an error page.",
        _STORED,
        "    except IntegrityError:\n",
        "    except ZeroDivisionError:\n",
        _AGAIN_TESTS,
    ),
)
