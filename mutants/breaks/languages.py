"""Breaks of languages."""

from __future__ import annotations

from mutants.entry import Break

_TESTS = ("tests/integration/test_languages.py",)
_TEXTS = ("tests/integration/test_every_text.py",)

BREAKS = (
    Break(
        "a cache may give a German page to anybody",
        "A page without a language in its address does not vary by Accept-Language.",
        "shop/web/languages/addressing.py",
        'vary_on(response, "Accept-Language")',
        "pass",
        _TESTS,
    ),
    Break(
        "a change in one language leaves the undo stack of another",
        "Undo brings back a cart from before a change in another language, and loses a line.",
        "shop/web/cart/undo.py",
        "return [_narrow(steps), *([_wide(())] if values_of(WIDE_NAME) else [])]",
        "return [_narrow(steps)]",
        _TESTS,
    ),
    Break(
        "an order at a German address leaves an older undo stack",
        "Undo brings back what has been ordered.",
        "shop/web/cart/undo.py",
        "return [_wide(steps), *([] if steps else [_narrow(steps)])]",
        "return [_wide(steps)]",
        _TESTS,
    ),
    Break(
        "mail is in the shop's own language",
        "A shopper who bought in German gets English mail.",
        "shop/mail/composing.py",
        "here.languages.get(order.language) if is_for_shopper else here.languages.own",
        "here.languages.own",
        _TESTS,
    ),
    Break(
        "a text of every page is not marked",
        "It stays English in every language.",
        "shop/templates/base.html",
        '{{ _("Skip to content") }}',
        "Skip to content",
        _TEXTS,
    ),
    Break(
        "an answer of a script is not marked",
        "It stays English in every language.",
        "shop/templates/share/create.html",
        'data-copied="{{ _("Copied.") }}"',
        'data-copied="Copied."',
        _TEXTS,
    ),
)
