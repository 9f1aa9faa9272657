"""Breaks of what every page promises: caches, escaping, messages and deletion on request."""

from __future__ import annotations

from mutants.entry import Break

_SECURITY = "shop/web/site/security.py"
_ASSETS = "shop/web/site/assets.py"

BREAKS = (
    Break(
        "a preview of any size",
        "Messengers cut the picture, and the keeper learns it from a customer.",
        "shop/shop_file/look.py",
        "        if size != PREVIEW_SIZE:\n",
        "        if False:\n",
        ("tests/unit/shop_file/test_look.py",),
    ),
    Break(
        "a skeleton holds a notice",
        "Everybody with a cart is told what one shopper has just put into theirs.",
        "shop/web/frame/skeletons.py",
        "is_kept = is_shared and not frame.notices",
        "is_kept = is_shared",
        ("tests/integration/test_skeletons.py",),
    ),
    Break(
        "a value is not escaped",
        "What an undo cookie holds becomes markup of the page.",
        "shop/web/frame/skeletons.py",
        "(value if isinstance(value, Markup) else escape(value)).encode()",
        "value.encode()",
        ("tests/unit/web/test_skeletons.py",),
    ),
    Break(
        "no Vary",
        "A cache shows one shopper the cart of another.",
        _SECURITY,
        "return start_response(status, headers + added, exc_info)",
        'return start_response(status, [h for h in headers if h[0] != "Vary"] + added, exc_info)',
        ("tests/integration/test_cart_pages.py",),
    ),
    Break(
        "pages are public",
        "A proxy keeps a page with somebody's cart and serves it to everybody.",
        _SECURITY,
        '"no-store" if is_secret else "private, no-cache"',
        '"no-store" if is_secret else "public, max-age=60"',
        ("tests/integration/test_cart_pages.py",),
    ),
    Break(
        "an order page is kept",
        "The back button shows a stranger's address after the browser was handed on.",
        _SECURITY,
        '_SECRET_PAGES = ("checkout", "order", ',
        '_SECRET_PAGES = ("checkout", ',
        ("tests/integration/test_checkout.py",),
    ),
    Break(
        "escaping is off",
        "A product's name in a catalogue file runs as a script.",
        "shop/factory.py",
        "    site_shop.register(app, shop)\n",
        "    site_shop.register(app, shop)\n    app.jinja_env.autoescape = False\n",
        ("tests/integration/test_escaping.py",),
    ),
    Break(
        "inline scripts are allowed",
        "Markup that slips through the escaping runs.",
        _SECURITY,
        "script-src 'self'; ",
        "script-src 'self' 'unsafe-inline'; ",
        ("tests/integration/test_catalogue_pages.py",),
    ),
    Break(
        "deleting leaves the session",
        "Whoever deletes all cookies of the shop keeps one.",
        "shop/web/pages/about.py",
        "    session.clear()\n",
        "",
        ("tests/integration/test_about.py",),
    ),
    Break(
        "messages fill the session",
        "Long messages make a response larger than a proxy lets through.",
        "shop/web/site/messages.py",
        "while len(waiting) > 1 and _bytes(waiting) > MOST_BYTES:",
        "while not waiting:",
        ("tests/integration/test_messages.py",),
    ),
    Break(
        "prices of yesterday",
        "A price that was changed in the database does not show.",
        "shop/storage/cached_catalogue.py",
        "if version is None or version != seen or",
        "if seen is None or",
        ("tests/unit/storage/test_cached_catalogue.py", "tests/integration/test_security.py"),
    ),
    Break(
        "a minified style sheet selects something else",
        "A table has its lines on the wrong elements.",
        _ASSETS,
        'found[1] or found[2] or found[3] or " "',
        'found[1] or found[2] or found[3] or ""',
        ("tests/integration/test_assets.py",),
    ),
    Break(
        "a changed script at its old address",
        "Browsers keep last year's script for this year's pages.",
        _ASSETS,
        "**dict.fromkeys(scripts, together)",
        '**dict.fromkeys(scripts, "0" * DIGEST_CHARACTERS)',
        ("tests/integration/test_assets.py",),
    ),
)
