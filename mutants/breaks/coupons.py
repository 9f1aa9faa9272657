"""Breaks of coupons, of reduced prices, and of orders that are found again."""

from __future__ import annotations

from mutants.entry import Break

_RULES = "shop/core/coupons.py"
_PRICING = "shop/core/pricing.py"
_STORED = "shop/storage/coupons.py"
_PAGE_TESTS = ("tests/integration/test_coupons.py",)
_RULE_TESTS = ("tests/unit/core/test_coupons.py",)

BREAKS = (
    Break(
        "a coupon for one order is used by two",
        "Of two shoppers at once both get the discount that was for one.",
        _STORED,
        "            or_(CouponRow.most_uses.is_(None), CouponRow.uses < CouponRow.most_uses),\n",
        "",
        _PAGE_TESTS,
    ),
    Break(
        "an order does not count the use of its coupon",
        "A coupon for one order makes every order cheaper.",
        "shop/storage/orders/placing.py",
        "if order.sums.coupon:",
        "if not order.sums:",
        _PAGE_TESTS,
    ),
    Break(
        "a cancelled order keeps its use",
        "Whoever turned back at the bank cannot use the coupon again.",
        "shop/storage/orders/advancing.py",
        "step.status is Status.CANCELLED and before.sums.coupon",
        "step.status is Status.REFUNDED and before.sums.coupon",
        _PAGE_TESTS,
    ),
    Break(
        "a coupon lasts a second too long",
        "It applies at the moment at which it ends.",
        _RULES,
        "now >= coupon.ends_at",
        "now > coupon.ends_at",
        _RULE_TESTS,
    ),
    Break(
        "a coupon takes more off than the goods cost",
        "The shop pays for the shipping of goods that it gives away.",
        _RULES,
        "minor = min(coupon.amount.minor, subtotal.minor)",
        "minor = coupon.amount.minor",
        _RULE_TESTS,
    ),
    Break(
        "the missing pennies go to the smallest remainders",
        "The VAT at each rate is further from the exact one than it need be.",
        _RULES,
        "key=lambda at: -rests[at]",
        "key=lambda at: rests[at]",
        _RULE_TESTS,
    ),
    Break(
        "the VAT is that before the discount",
        "An order states, and the shop pays, VAT on money that it never got.",
        _PRICING,
        "contained_vat(total - share, rate)",
        "contained_vat(total, rate)",
        _RULE_TESTS,
    ),
    Break(
        "free shipping from the discounted sum",
        "Whoever types a code may pay more than without.",
        _PRICING,
        "shipping = _shipping(subtotal, rules) if charged else nothing\n",
        "shipping = nothing\n    if charged:\n        left = subtotal.minor - "
        "(coupons.discount(coupon, subtotal).minor if coupon else 0)\n"
        "        shipping = _shipping(Money(left, rules.currency), rules)\n",
        _RULE_TESTS,
    ),
    Break(
        "a coupon that the page did not show is not noticed",
        "An order is placed at another total than the shopper saw.",
        _PRICING,
        '[f"{sums.discount.minor}{sums.coupon}"] if sums.coupon else []',
        "[]",
        _RULE_TESTS,
    ),
    Break(
        "adding a product loses the coupon",
        "A shopper types the code again after every change.",
        "shop/core/cart.py",
        "return replace(self, lines=(*self.lines, Line(number, quantity)), changed_at=now)",
        "return Cart((*self.lines, Line(number, quantity)), now)",
        _RULE_TESTS,
    ),
    Break(
        "undo takes the coupon away",
        "Whoever undoes a line pays the full price.",
        "shop/web/cart/undo.py",
        "before.with_coupon(current.coupon or before.coupon)",
        "before",
        _PAGE_TESTS,
    ),
    Break(
        "a link carries the coupon",
        "A code for one person is used by whoever gets the link.",
        "shop/core/cookie.py",
        "return sign(payload(cart.with_coupon(0)), keys)",
        "return sign(payload(cart), keys)",
        ("tests/unit/core/test_cookie_version_3.py",),
    ),
    Break(
        "a shared cart brings its coupon along",
        "A cookie that is pasted as a link gives its coupon away.",
        "shop/web/pages/other_carts.py",
        'cart_cookie.decode(request.form.get("cart", "")).with_coupon(0)',
        'cart_cookie.decode(request.form.get("cart", ""))',
        _PAGE_TESTS,
    ),
    Break(
        "a coupon is written although it does not fit",
        "The browser drops the cookie, and the page says that the code was added.",
        "shop/core/cookie.py",
        "needed_bytes = len(name) + len(value)",
        "needed_bytes = len(name) + len(value) - 5 * bool(cart.coupon)",
        ("tests/unit/core/test_cookie_version_3.py",),
    ),
    Break(
        "an order that costs nothing waits for money",
        "It is cancelled after a day, though its shopper owes nothing.",
        "shop/core/orders.py",
        "if not quote.sums.total.minor:",
        "if quote.sums.total.minor < 0:",
        _RULE_TESTS,
    ),
    Break(
        "any address finds an order",
        "Whoever sees a reference reads the address on the order.",
        "shop/storage/orders/lookup.py",
        "if row.email.casefold() == typed)",
        "if typed)",
        ("tests/integration/test_find_order.py",),
    ),
    Break(
        "the cookie of last orders grows",
        "Each order makes every request longer.",
        "shop/web/checkout/recent_orders.py",
        "[: 8 * MOST]",
        "",
        ("tests/integration/test_find_order.py",),
    ),
    Break(
        "a raised price is shown as reduced",
        "The page names an earlier price that is lower than the price.",
        "shop/storage/catalogue.py",
        "is_reduced = compare_at_minor is not None and compare_at_minor > minor",
        "is_reduced = compare_at_minor is not None",
        ("tests/integration/test_compare_at_price.py",),
    ),
)
