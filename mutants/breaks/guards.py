"""Breaks of the checks of a request, and of what a key or a session may do."""

from __future__ import annotations

from mutants.entry import Break

_SECURITY = "shop/web/site/security.py"
_TESTS = ("tests/integration/test_security.py",)

BREAKS = (
    Break(
        "a page number that is none",
        "An odd number in an address is a fault of the shop.",
        "shop/web/pages/product.py",
        'max(1, args.get("page", 1, type=_small_int))',
        'max(1, int(args.get("page", "1")))',
        ("tests/integration/test_catalogue_pages.py",),
    ),
    Break(
        "a second cart deletes both",
        "Another cookie of the cart's name, on whatever page, empties the cart.",
        "shop/web/cart/writer.py",
        'value = "" if change.value is None and visit.is_expired else',
        'value = "" if change.value is None and visit.carts > 1 else',
        ("tests/integration/test_cookie_header.py",),
    ),
    Break(
        "CSRF is off",
        "Any other site can fill a cart or send an order.",
        _SECURITY,
        "    FormProtect(app)\n",
        "    FormProtect(app)\n    app.config['WTF_CSRF_CHECK_DEFAULT'] = False\n",
        _TESTS,
    ),
    Break(
        "forms of other sites",
        "A form on another site passes once it has got hold of a token.",
        _SECURITY,
        'here.headers.get("Sec-Fetch-Site") == "cross-site"',
        'here.headers.get("Sec-Fetch-Site") == "none"',
        _TESTS,
    ),
    Break(
        "forms know the newest key only",
        "While keys are rotated, every page that is open is refused with its form.",
        "shop/factory.py",
        '"WTF_CSRF_SECRET_KEY": [*reversed(older), first],',
        '"WTF_CSRF_SECRET_KEY": [first],',
        _TESTS,
    ),
    Break(
        "sessions know the newest key only",
        "While keys are rotated, every form and every message of an open page is lost.",
        _SECURITY,
        "self.secret_key if secret_key is None else secret_key",
        "self.secret_key",
        _TESTS,
    ),
    Break(
        "a token serves every session",
        "A token that a stranger got from a page of their own works in any browser.",
        _SECURITY,
        '    secret = session.get("csrf_token", "")\n',
        '    secret = session["csrf_token"] = "the same for all"\n',
        _TESTS,
    ),
    Break(
        "any session is believed",
        "Whoever plants a session in a browser knows its CSRF token (session fixation).",
        _SECURITY,
        "= serializer.loads(value, max_age=life_seconds)",
        "= serializer.loads_unsafe(value)[1] or {}",
        _TESTS,
    ),
    Break(
        "a session that was read once never ends",
        "Who finds an old session uses it for as long as the server runs.",
        _SECURITY,
        "minute = self._own.get_timestamp() // 60",
        "minute = 0",
        _TESTS,
    ),
    Break(
        "a session is read from what another visit made of it",
        "Whoever sends an old session sees the messages of later visits.",
        _SECURITY,
        "return deepcopy(_remembered(self, value, life_seconds, minute))",
        "return _remembered(self, value, life_seconds, minute)",
        _TESTS,
    ),
    Break(
        "a weak old key signs sessions",
        "A key that can be guessed forges sessions and forms.",
        "shop/factory.py",
        "return tuple(key for key in keys if secret_keys.weakness(key) is None)",
        "return tuple(keys)",
        _TESTS,
    ),
    Break(
        "any host name",
        "A forged Host header decides where links and redirects lead.",
        "shop/web/frame/canonical.py",
        "if not canonical_host and not is_trusted(here.host):",
        "if not canonical_host and not here.host:",
        _TESTS,
    ),
    Break(
        "no rate limit",
        "One machine keeps the shop busy.",
        "shop/web/site/rate_limits.py",
        'application_limits_exempt_when=lambda: request.method != "POST",',
        "application_limits_exempt_when=lambda: True,",
        _TESTS,
    ),
    Break(
        "no limit for what is sent",
        "A form of gigabytes fills the memory.",
        "shop/factory.py",
        '"MAX_CONTENT_LENGTH": security.BODY_LIMIT_BYTES,',
        '"MAX_CONTENT_LENGTH": None,',
        _TESTS,
    ),
)
