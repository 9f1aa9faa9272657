"""Breaks of pages that are the same for everybody, and of what arrives beside them."""

from __future__ import annotations

from mutants.entry import Break

_PUBLIC = "shop/web/frame/public_pages.py"
_PERSONAL = "shop/web/pages/personal.py"
_SECURITY = "shop/web/site/security.py"
_TESTS = ("tests/integration/test_public_pages.py",)
_NGINX = ("e2e/test_deploy.py::test_nginx_keeps_public_pages_and_gives_a_cart_its_own",)
_BROWSER = "e2e/test_public_pages.py"

BREAKS = (
    Break(
        "a public page for every cart",
        "Without scripts, the header counts no items and messages are never shown.",
        _PUBLIC,
        'return "1" not in values_of(SCRIPT) and any(values_of(name) for name in PERSONAL)',
        'return "1" not in values_of(SCRIPT) and not request.host',
        _TESTS,
    ),
    Break(
        "messages call for no page of their own",
        "Without scripts, what happened is not said once the cart is empty.",
        _PUBLIC,
        "PERSONAL = (cookie.NAME, cookie.SECURE_NAME, SESSION, SECURE_SESSION)",
        "PERSONAL = (cookie.NAME, cookie.SECURE_NAME)",
        _TESTS,
    ),
    Break(
        "a public page counts",
        "A cache shows everybody how much is in one shopper's cart.",
        _PUBLIC,
        "view(None, *args, **named)",
        "view(read_visit(), *args, **named)",
        _TESTS,
    ),
    Break(
        "a public page with a token",
        "Everybody gets the token of the one visitor for whom a page was rendered.",
        "shop/web/pages/product.py",
        "addresses(), csrf_token() if visit else",
        "addresses(), csrf_token() if shop() else",
        _TESTS,
    ),
    Break(
        "a public page sets a cookie",
        "A cache gives one visitor's session to all others.",
        _SECURITY,
        "if session.modified and response.cache_control.public:",
        "if session.modified and response.cache_control.no_store:",
        _TESTS,
    ),
    Break(
        "shared caches without being asked",
        "A cache of somebody else's keeps prices, and knows nothing of carts without scripts.",
        _PUBLIC,
        'return "public, no-cache"',
        'return "public, max-age=60"',
        _TESTS,
    ),
    Break(
        "a page of another language",
        "A page that was kept in one language is shown in all.",
        _PUBLIC,
        "path, query, current(), minute",
        "path, query, minute",
        _TESTS,
    ),
    Break(
        "a page of another host",
        "Links and previews name another host than the one that was visited.",
        _PUBLIC,
        "return request.scheme, request.host, mounted_at,",
        "return request.scheme, mounted_at,",
        _TESTS,
    ),
    Break(
        "a kept page outlives its price",
        "A price that was changed does not show on a page that was kept.",
        "shop/storage/cached_catalogue.py",
        "if version != seen or (len(kept) >= most and key not in kept):",
        "if len(kept) >= most and key not in kept:",
        _TESTS,
    ),
    Break(
        "pages are kept without end",
        "Whoever asks for ever new addresses fills the memory.",
        "shop/storage/cached_catalogue.py",
        "if version != seen or (len(kept) >= most and key not in kept):",
        "if version != seen:",
        _TESTS,
    ),
    Break(
        "a foreign form adds",
        "Another site fills carts, since these forms have no token.",
        _SECURITY,
        'return site == "same-origin"',
        'return site != "none"',
        _TESTS,
    ),
    Break(
        "any origin adds",
        "In browsers without Fetch Metadata, another site fills carts.",
        _SECURITY,
        'return request.headers.get("Origin", "").partition("://")[2] == request.host',
        'return request.headers.get("Origin", "").partition("://")[2] != ""',
        _TESTS,
    ),
    Break(
        "no form needs a token",
        "A page that passes for ours sends orders.",
        _SECURITY,
        'OPEN_FORMS = frozenset({"cart.create"})',
        'OPEN_FORMS = frozenset({"cart.create", "cart.clear", "checkout.create"})',
        _TESTS,
    ),
    Break(
        "no cookie, no word",
        "A browser that blocks cookies shows an empty cart after each add, and nobody says why.",
        "shop/web/pages/cart.py",
        "        if not request.cookies:\n",
        "        if not request.host:\n",
        _TESTS,
    ),
    Break(
        "a message is gone once it was fetched",
        "A page that is left too early takes its message along.",
        "shop/web/frame/layout.py",
        "    return _frame(visit, messages_waiting(), is_news=_is_news(visit))",
        "    return frame_of(visit)",
        _TESTS,
    ),
    Break(
        "messages that came since are taken too",
        "A message is deleted that nobody has seen.",
        "shop/web/frame/layout.py",
        "later = session[FLASHES][len(shown) :]",
        "later = session[FLASHES][len(session[FLASHES]) :]",
        _TESTS,
    ),
    Break(
        "the mark stays without scripts",
        "Whoever turns scripts off sees no count and no message until the browser ends.",
        _PERSONAL,
        "        response.delete_cookie(SCRIPT)\n",
        "        pass\n",
        _TESTS,
    ),
    Break(
        "nginx keeps one page for all",
        "Without scripts, a cart's holder is shown an empty cart.",
        "deploy/nginx-site.conf",
        "    proxy_cache_bypass $crumb_personal;\n",
        "",
        _NGINX,
    ),
    Break(
        "the count never arrives",
        "With scripts, nobody sees how much is in the cart.",
        "shop/static/js/shop.js",
        "if (isPublic) greet();",
        "",
        (f"{_BROWSER}::test_one_small_request_brings_the_count",),
    ),
    Break(
        "an expired cart is not offered to scripts",
        "Whoever comes back after a month finds no way to the old cart.",
        "shop/static/js/personal.js",
        'if (offer) document.querySelector("main > .notices").after(offer);',
        "",
        (f"{_BROWSER}::test_an_expired_cart_is_offered_and_can_be_restored",),
    ),
    Break(
        "the count moves the page",
        "A link jumps away from under the pointer.",
        "shop/static/css/frame.css",
        "min-width: 2.2em; padding-inline",
        "min-width: 1em; padding-inline",
        (f"{_BROWSER}::test_nothing_moves_when_the_count_arrives",),
    ),
)
