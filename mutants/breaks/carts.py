"""Breaks of what happens to a cart: changes, refusals, undo, links and the grace."""

from __future__ import annotations

from mutants.entry import Break

_CART = "shop/core/cart.py"
_UNDO = "shop/web/cart/undo.py"
_VISIT = "shop/web/cart/visit.py"
_WRITER = "shop/web/cart/writer.py"
_PAGES = "shop/web/pages/cart.py"
_CART_TESTS = ("tests/integration/test_cart_pages.py",)
_UNDO_TESTS = ("tests/integration/test_undo.py",)
_SHARE_TESTS = ("tests/integration/test_share.py",)
_REFUSED_TESTS = ("tests/integration/test_refused_cookies.py",)

BREAKS = (
    Break(
        "quantities are not added",
        "Adding two more to a line of three leaves two.",
        _CART,
        "return self._with(Line(number, held + quantity), now)",
        "return self._with(Line(number, quantity), now)",
        ("tests/unit/core/test_cart.py",),
    ),
    Break(
        "merging loses the larger quantity",
        "Two carts of one product merge into fewer pieces than either showed.",
        _CART,
        "max(line.quantity, others.pop(line.number, 0))",
        "others.pop(line.number, line.quantity)",
        ("tests/unit/core/test_cart.py",),
    ),
    Break(
        "the old cart is lost on refusal",
        "One product too many empties the whole cart.",
        _PAGES,
        "return page(visit, status=HTTPStatus.CONFLICT, alert=alert)",
        'return page(visit, CartChange(""), status=HTTPStatus.CONFLICT, alert=alert)',
        ("e2e/test_budget.py",),
    ),
    Break(
        "the last line does not delete the cookie",
        "The product that was removed is back on the next page.",
        _WRITER,
        "    if value is not None:\n        header",
        "    if value:\n        header",
        _CART_TESTS,
    ),
    Break(
        "a GET changes the cart",
        "A page that a browser loads ahead or again overwrites a newer cart.",
        _WRITER,
        "now - visit.cart.changed_at >= RENEW_AFTER_SECONDS",
        "now - visit.cart.changed_at >= 0",
        _CART_TESTS,
    ),
    Break(
        "a GET removes a line",
        "A link on any other site can empty a cart.",
        _PAGES,
        '@blueprint.post("/lines/<int:number>/remove")',
        '@blueprint.route("/lines/<int:number>/remove", methods=["GET", "POST"])',
        ("tests/integration/test_security.py",),
    ),
    Break(
        "a cart of a newer version is overwritten",
        "After a release is taken back, every change loses the cart.",
        _WRITER,
        "    if visit.is_of_newer_version:\n        raise CartOfNewerVersion",
        "    if visit.is_of_newer_version and False:\n        raise CartOfNewerVersion",
        ("tests/integration/test_newer_version.py",),
    ),
    Break(
        "a cookie that cannot be read is deleted",
        "Any other program of the host loses its cookie of this name.",
        _WRITER,
        'value = "" if change.value is None and visit.is_expired else change.value',
        'value = "" if change.value is None and visit.refusal else change.value',
        _REFUSED_TESTS,
    ),
    Break(
        "a refused cookie is an error",
        "A browser with a damaged cookie gets an error on every page, until it is deleted.",
        _VISIT,
        "    except CookieRefused as refusal:\n        return _Copy",
        "    except Malformed as refusal:\n        return _Copy",
        _REFUSED_TESTS,
    ),
    Break(
        "the oldest of two carts counts",
        "A forgotten cookie with a longer path hides the cart.",
        _VISIT,
        "return 3, copy.cart.changed_at",
        "return 3, -copy.cart.changed_at",
        ("tests/integration/test_cookie_header.py",),
    ),
    Break(
        "the grace never ends",
        "Carts of years ago are offered on a computer that others use.",
        _VISIT,
        "return expired.age_seconds <= shop().cart_max_age_seconds + shop().cart_grace_seconds",
        "return expired.age_seconds > 0",
        _REFUSED_TESTS,
    ),
    Break(
        "restoring drops the cart of today",
        "Whoever takes back an expired cart loses what was added since.",
        "shop/web/pages/other_carts.py",
        "merged = old.merged_with(visit.cart, now=shop().now())",
        "merged = old.touched(shop().now())",
        _REFUSED_TESTS,
    ),
    Break(
        "undo loses a line",
        "What was added since the page was shown is lost.",
        _UNDO,
        "return kept.merged_with(current, now=now)",
        "return kept.touched(now)",
        _UNDO_TESTS,
    ),
    Break(
        "undo of an old step",
        "A page of an hour ago undoes everything since.",
        _UNDO,
        "return since != digest(current)",
        "return False",
        _UNDO_TESTS,
    ),
    Break(
        "the undo stack is over the budget",
        "A proxy refuses the response, or the browser drops the cookie.",
        _WRITER,
        "return limit_bytes - taken_bytes - len(undo.name())",
        "return limit_bytes - len(undo.name())",
        _UNDO_TESTS,
    ),
    Break(
        "a link imports without asking",
        "Whoever opens a link from a message loses their own cart.",
        "shop/web/pages/share.py",
        '        "share/show.html",\n        visit,',
        '        "share/show.html",\n        visit,\n        writer.replaced(visit, shared),',
        _SHARE_TESTS,
    ),
    Break(
        "a link never expires",
        "A cart stays readable for ever for whoever finds its address.",
        "shop/web/pages/share.py",
        "shared = cart_cookie.decode(token)",
        "shared = cart_cookie.decode(token, grace_seconds=10**9)",
        _SHARE_TESTS,
    ),
)
