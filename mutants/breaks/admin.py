"""Breaks of who gets into the admin, and for how long."""

from __future__ import annotations

from mutants.entry import Break

_ACCOUNTS = "shop/storage/keepers/accounts.py"
_SESSIONS = "shop/storage/keepers/sessions.py"
_BLUEPRINTS = "shop/admin/blueprints.py"
_SIGN_IN = "shop/admin/sign_in.py"
_ENDS = ".where(row.seen_at > now - IDLE_SECONDS, row.started_at > now - LIFE_SECONDS)"
_REMOVES = """\
        end_sessions(connection, _number(connection, email))
        connection.execute(delete(KeeperRow).where(KeeperRow.email == key(email)))
"""
_GUARD_TESTS = ("tests/integration/test_admin_guard.py",)
_TESTS = ("tests/integration/test_admin_sign_in.py",)

BREAKS = (
    Break(
        "a page of the admin for everybody",
        "Anybody who guesses its address reads a shopper's order.",
        _SIGN_IN,
        '"admin.sign_in.create")',
        '"admin.sign_in.create", "admin.orders.show")',
        _GUARD_TESTS,
    ),
    Break(
        "an idle keeper stays signed in",
        "Whoever sits down at a keeper's computer later is in the admin.",
        _SESSIONS,
        _ENDS,
        ".where(row.started_at > now - LIFE_SECONDS)",
        _TESTS,
    ),
    Break(
        "a busy keeper stays signed in",
        "A stolen session lasts as long as somebody uses it.",
        _SESSIONS,
        _ENDS,
        ".where(row.seen_at > now - IDLE_SECONDS)",
        _TESTS,
    ),
    Break(
        "a new password of a keeper ends no session",
        "Whoever has stolen the password stays signed in.",
        _ACCOUNTS,
        "        )\n        end_sessions(connection, number)\n",
        "        )\n",
        _TESTS,
    ),
    Break(
        "a removed keeper stays signed in",
        "Somebody who has left still reads and moves orders.",
        _ACCOUNTS,
        _REMOVES,
        "        number = _number(connection, email)\n"
        "        gone = update(KeeperRow).where(KeeperRow.number == number)\n"
        "        connection.execute(gone.values(email=str(number)))\n",
        _TESTS,
    ),
    Break(
        "a keeper's password can be guessed from many addresses",
        "A thousand machines try a thousand passwords a minute.",
        _BLUEPRINTS,
        "views[ATTEMPT] = limiter.limit(ATTEMPTS, key_func=sign_in.counted_as)(view)",
        "views[ATTEMPT] = view",
        _TESTS,
    ),
    Break(
        "keepers' passwords can be guessed from one address",
        "One machine tries a common password for every account.",
        _BLUEPRINTS,
        "view = limiter.limit(ATTEMPTS, exempt_when=sign_in.is_known)(views[ATTEMPT])",
        "view = views[ATTEMPT]",
        _TESTS,
    ),
    Break(
        "a stranger keeps a keeper out",
        "Whoever knows a keeper's address uses up the attempts of the keeper's own browser.",
        _SIGN_IN,
        "return known_browsers.mark_of(account) or account",
        "return account",
        _TESTS,
    ),
    Break(
        "the shop's pages get the keeper's cookie",
        "Every page takes part in keeping the admin's key safe.",
        "shop/admin/session.py",
        "return quote(request.script_root) + PATH",
        'return quote(request.script_root) or "/"',
        _TESTS,
    ),
    Break(
        "a keeper's sign-in leads to another site",
        "A link that looks like the shop's ends on a copy that asks for the password again.",
        _SIGN_IN,
        'return address if is_own else url_for("admin.home")',
        'return address or url_for("admin.home")',
        _TESTS,
    ),
)
