"""Email addresses as people paste them."""

from __future__ import annotations

import re

from shop.core.text import tidy
from shop.web.languages.texts import current, gettext

TEST_DOMAINS = ("example", "invalid", "local", "localhost", "test")
"""Top-level domains for tests and local networks: RFC 6761, section 6, and RFC 6762, section 3."""
# A test domain is checked as a part of a real one; RFC 6761 lets everybody use this one.
_REAL = ".example.com"
_PASTED = re.compile(r"(?:.*<)?\s*(?:mailto:)?([^<>]*)>?", re.IGNORECASE)


def normal(text: str, *, accepts_test_domains: bool) -> str:
    """The address without what is copied along with one: the name before it, angle brackets,
    `mailto:`, spaces and invisible characters. Its domain is in lower case.

    Raises ValueError, with a sentence for the shopper, when there is no such address, or when its
    domain is for tests only and these are not accepted.
    """
    # Compiling its patterns takes 30 ms, which the start of the shop need not wait for.
    from email_validator import EmailNotValidError, validate_email

    address = _cleaned(text)
    is_for_tests = address.rpartition("@")[2].rpartition(".")[2].lower() in TEST_DOMAINS
    if is_for_tests and not accepts_test_domains:
        raise ValueError(
            gettext(
                "please enter an address that can receive email; “%(domain)s” is a domain for "
                "testing only.",
                domain=address.rpartition("@")[2],
            )
        )
    suffix = _REAL if is_for_tests else ""
    try:
        checked = validate_email(address + suffix, check_deliverability=False)
    except EmailNotValidError as error:
        said = gettext("please enter a complete email address, such as name@example.com.")
        detail = f" {error}" if current().is_english else ""  # the library knows no other language
        raise ValueError(said + detail) from None
    return checked.normalized.removesuffix(suffix)


def _cleaned(text: str) -> str:
    pasted = _PASTED.fullmatch(tidy(text))
    return pasted[1].strip() if pasted else tidy(text)
