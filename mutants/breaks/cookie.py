"""Breaks of the cart cookie as HTTP carries it. Browsers are asked about some of them."""

from __future__ import annotations

from mutants.entry import Break

_COOKIE = "shop/web/cart/cart_cookie.py"
_DELETION = "e2e/test_deletion.py"
_PAGES = "tests/integration/test_cart_pages.py"

BREAKS = (
    Break(
        "no Max-Age",
        "A cart ends with the browser, and a deleted cart stays until then.",
        _COOKIE,
        "max_age=max_age_seconds,",
        "max_age=None,",
        (_PAGES,),
    ),
    Break(
        "Max-Age only to delete",
        "Whoever closes the browser loses the cart.",
        _COOKIE,
        "max_age=max_age_seconds,",
        "max_age=0 if max_age_seconds == 0 else None,",
        ("e2e/recipes/test_persistence.py::test_a_cart_survives_a_restart_of_the_browser",),
    ),
    Break(
        "Max-Age without the grace",
        "The browser drops an expired cart before the shop can offer it back.",
        _COOKIE,
        "life = shop().cart_max_age_seconds + shop().cart_grace_seconds",
        "life = shop().cart_max_age_seconds",
        ("tests/integration/test_cart_life.py",),
    ),
    Break(
        "another Path on deletion",
        "The browser keeps the cart that was emptied or ordered.",
        _COOKIE,
        'def deletion_header(path: str = "/")',
        'def deletion_header(path: str = "/cart")',
        (f"{_DELETION}::test_the_cookie_is_deleted_on_http",),
    ),
    Break(
        "deletion without Secure",
        "On https the browser refuses the deletion, and keeps the cart.",
        _COOKIE,
        "secure=request.is_secure,",
        "secure=request.is_secure and max_age_seconds > 0,",
        (f"{_DELETION}::test_the_prefixed_cookie_is_deleted_on_https",),
    ),
    Break(
        "a Domain attribute",
        "Every subdomain gets the cart, and a browser refuses it under a __Host- name.",
        _COOKIE,
        "        path=path,",
        '        path=path,\n        domain=request.host.partition(":")[0],',
        (_PAGES,),
    ),
    Break(
        "not HttpOnly",
        "Any script on a page can read and change the cart.",
        _COOKIE,
        "httponly=True",
        "httponly=False",
        (_PAGES,),
    ),
    Break(
        "no SameSite",
        "Browsers differ in when they send the cart from other sites.",
        _COOKIE,
        'samesite="Lax"',
        "samesite=None",
        (_PAGES,),
    ),
    Break(
        "SameSite=Strict",
        "Whoever comes back from a payment page or an email sees an empty cart.",
        _COOKIE,
        'samesite="Lax"',
        'samesite="Strict"',
        (_PAGES,),
    ),
    Break(
        "no Priority",
        "A browser with too many cookies evicts the cart as soon as any other.",
        _COOKIE,
        'return f"{plain}; Priority=High"',
        "return plain",
        (_PAGES,),
    ),
    Break(
        "the plain name on https",
        "Any subdomain, and anybody on the network over http, can replace the cart.",
        _COOKIE,
        "return cookie.SECURE_NAME if request.is_secure else cookie.NAME",
        "return cookie.NAME",
        (_PAGES,),
    ),
    Break(
        "an open session cookie",
        "A script can read the session, which holds the secret of the CSRF tokens.",
        "shop/factory.py",
        '"SESSION_COOKIE_HTTPONLY": True',
        '"SESSION_COOKIE_HTTPONLY": False',
        ("tests/integration/test_security.py",),
    ),
    Break(
        "a split Cookie header loses carts",
        "Behind a proxy that joins Cookie fields with commas, carts are not found.",
        "shop/web/site/request_cookies.py",
        '_BETWEEN = re.compile("[;,]")',
        '_BETWEEN = re.compile("[;]")',
        ("tests/integration/test_cookie_header.py",),
    ),
)
