"""Passwords of keepers, kept as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST_CHARACTERS = 15
"""For a password that is the only factor (NIST SP 800-63B-4, 3.1.1.2)."""
MOST_CHARACTERS = 1000
LEAST_GUESSES = 10**8
"""Below this many guesses a password is refused, as zxcvbn counts them (D. Wheeler, USENIX Security
2016): it knows 30,000 common passwords, words, names and patterns, and how they are combined. Its
authors call a password from here on safely unguessable (a score of 3)."""
MOST_ESTIMATED = 72
"""The most characters that zxcvbn looks at, since it takes longer with each."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""With the least that OWASP's Password Storage Cheat Sheet recommends: a hash holds up the requests
of its whole process, and guessing is rate limited too."""


def problem_with(password: str, email: str) -> str | None:
    """Why a password is not accepted for the keeper with this email address, in a sentence."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return (
            f"A password has {LEAST_CHARACTERS} to {MOST_CHARACTERS:,} characters; "
            "four or five words make a good one. Nothing was changed."
        )
    if _guesses(password, email) < LEAST_GUESSES:
        return (
            "This password is easy to guess: it is a common one, or is made of common words, your "
            "email address, or a pattern. Four or five words that have nothing to do with each "
            "other make a good one. Nothing was changed."
        )
    return None


def hashed(password: str) -> str:
    """The hash to keep. It takes 19 MiB and some time on purpose."""
    return HASHER.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password of a kept hash. It takes as long when there is none."""
    try:
        HASHER.verify(kept or _nobodys(HASHER), _normal(password))
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return HASHER.check_needs_rehash(kept)


def _guesses(password: str, email: str) -> int:
    from zxcvbn import zxcvbn  # only commands set passwords, and its lists take long to load

    known = [email, *re.split(r"[^\w]+", email)]
    return int(zxcvbn(password[:MOST_ESTIMATED], user_inputs=known)["guesses"])


def _normal(password: str) -> str:
    # The same password typed on another system may be composed differently (NIST, same section).
    return unicodedata.normalize("NFKC", password[: MOST_CHARACTERS + 1])


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("the password of an account that does not exist")
