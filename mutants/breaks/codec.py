"""Breaks of the cookie's format, signature and budget."""

from __future__ import annotations

from mutants.entry import Break

_CODEC = "shop/core/cookie.py"
_TESTS = ("tests/unit/core/test_cookie.py",)

BREAKS = (
    Break(
        "the budget one byte too large",
        "A browser silently drops a cookie of 4,097 bytes, and with it the change.",
        _CODEC,
        "if needed_bytes > limit_bytes:",
        "if needed_bytes > limit_bytes + 1:",
        _TESTS,
    ),
    Break(
        "the budget one byte too small",
        "A cart that fits is refused.",
        _CODEC,
        "if needed_bytes > limit_bytes:",
        "if needed_bytes >= limit_bytes:",
        _TESTS,
    ),
    Break(
        "the name is not counted",
        "Browsers count name and value, so a full cart is dropped.",
        _CODEC,
        "needed_bytes = len(name) + len(value)",
        "needed_bytes = len(value)",
        _TESTS,
    ),
    Break(
        "any signature is accepted",
        "Anybody can make up carts and links of this shop.",
        _CODEC,
        "if not any(hmac.compare_digest(signature, _signature(payload, key)) for key in keys):",
        "if not keys:",
        _TESTS,
    ),
    Break(
        "other tokens pass for carts",
        "What the shop signs for another purpose is read as a cart.",
        _CODEC,
        "salt=PURPOSE,",
        'salt="",',
        _TESTS,
    ),
    Break(
        "old keys are not accepted",
        "Changing the secret key loses every cart.",
        _CODEC,
        "_signature(payload, key)) for key in keys)",
        "_signature(payload, key)) for key in keys[:1])",
        _TESTS,
    ),
    Break(
        "the oldest key signs",
        "A key that was replaced can never be removed.",
        _CODEC,
        "{_signature(payload, keys[0])}",
        "{_signature(payload, keys[-1])}",
        _TESTS,
    ),
    Break(
        "version 1 is not read",
        "Carts and links of older releases are lost.",
        _CODEC,
        '    "j": texts.unpacked,\n',
        "",
        ("tests/unit/core/test_golden.py",),
    ),
    Break(
        "a cart never expires",
        "A shared computer shows the carts of months ago.",
        _CODEC,
        "if age_seconds > max_age_seconds:",
        "if age_seconds > 100 * max_age_seconds + 100:",
        _TESTS,
    ),
    Break(
        "a cart expires a second early",
        "The last second that the page promises is not kept.",
        _CODEC,
        "if age_seconds > max_age_seconds:",
        "if age_seconds >= max_age_seconds:",
        _TESTS,
    ),
    Break(
        "a deflate bomb is inflated",
        "A few bytes of a cookie take megabytes of memory.",
        "shop/core/packing/integers.py",
        "inflater.decompress(octets, len(DEFLATED) + MOST_OCTETS)",
        "inflater.decompress(octets)",
        _TESTS,
    ),
)
