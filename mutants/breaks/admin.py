"""Breaks of who gets into the admin, and for how long."""

from __future__ import annotations

from mutants.entry import Break

_ACCOUNTS = "shop/storage/keepers/accounts.py"
_SESSIONS = "shop/storage/keepers/sessions.py"
_SIGN_INS = "shop/storage/keepers/sign_ins.py"
_CODES = "shop/storage/keepers/codes.py"
_BLUEPRINTS = "shop/admin/blueprints.py"
_SIGN_IN = "shop/admin/sign_in.py"
_ENDS = ".where(row.seen_at > now - IDLE_SECONDS, row.started_at > now - LIFE_SECONDS)"
_REMOVES = """\
        end_sessions(connection, number_of(connection, email))
        connection.execute(delete(KeeperRow).where(KeeperRow.email == key(email)))
"""
_GUARD_TESTS = ("tests/integration/test_admin_guard.py",)
_TESTS = ("tests/integration/test_admin_sign_in.py",)
_CODE_TESTS = ("tests/integration/test_admin_codes.py",)

BREAKS = (
    Break(
        "a page of the admin for everybody",
        "Anybody who guesses its address reads a shopper's order.",
        _SIGN_IN,
        '    "admin.code_step.create",\n',
        '    "admin.code_step.create",\n    "admin.orders.show",\n',
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
        "not know this one\n        end_sessions(connection, number)\n",
        "not know this one\n",
        _TESTS,
    ),
    Break(
        "a removed keeper stays signed in",
        "Somebody who has left still reads and moves orders.",
        _ACCOUNTS,
        _REMOVES,
        "        number = number_of(connection, email)\n"
        "        gone = update(KeeperRow).where(KeeperRow.number == number)\n"
        "        connection.execute(gone.values(email=str(number)))\n",
        _TESTS,
    ),
    Break(
        "a keeper's password can be guessed from many addresses",
        "A thousand machines try a thousand passwords a minute.",
        _BLUEPRINTS,
        "_limit(app, view, limiter.limit(ATTEMPTS, key_func=form.counted_as))",
        "pass",
        _TESTS,
    ),
    Break(
        "keepers' passwords can be guessed from one address",
        "One machine tries a common password for every account.",
        _BLUEPRINTS,
        "_limit(app, view, limiter.limit(ATTEMPTS, exempt_when=form.is_known))",
        "pass",
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
    Break(
        "the password alone begins the session of a keeper with codes",
        "A keeper who turned codes on is as easily robbed of the admin as before.",
        _SIGN_INS,
        "        needs_code = codes.is_asked(connection, keeper.number)\n",
        "        needs_code = False\n",
        _CODE_TESTS,
    ),
    Break(
        "a code counts as often as it is typed",
        "Whoever looks over a keeper's shoulder signs in with the same code.",
        _CODES,
        "row.keeper_number == number, row.last_step < found.step)",
        "row.keeper_number == number)",
        _CODE_TESTS,
    ),
    Break(
        "an older code counts after a newer one",
        "A code that was seen but not sent is still good for a minute.",
        _CODES,
        "row.last_step < found.step)",
        "row.last_step != found.step)",
        _CODE_TESTS,
    ),
    Break(
        "a recovery code is never used up",
        "A list of recovery codes that was copied lets in for ever.",
        _CODES,
        """\
        gone = delete(recovery).where(
            recovery.keeper_number == number, recovery.code_hash == found.recovery_hash
        )
""",
        """\
        gone = (
            update(recovery)
            .where(recovery.keeper_number == number, recovery.code_hash == found.recovery_hash)
            .values(code_hash=found.recovery_hash)
        )
""",
        _CODE_TESTS,
    ),
    Break(
        "codes two steps old count",
        "A code is good for longer than its app shows it.",
        _CODES,
        "DRIFT_STEPS = 1",
        "DRIFT_STEPS = 2",
        _CODE_TESTS,
    ),
    Break(
        "codes are guessed for ever",
        "Whoever knows a keeper's password tries codes for a year, and is in.",
        _CODES,
        "mine.where(row.refused < MOST_REFUSED)",
        "mine",
        _CODE_TESTS,
    ),
    Break(
        "the wait for a code never ends",
        "A browser that was left at the question for a code is one code away from the admin.",
        _SIGN_INS,
        ", row.begun_at > now - LIFE_SECONDS)",
        ")",
        _CODE_TESTS,
    ),
    Break(
        "another password leaves the wait for a code",
        "Whoever had the old password needs only the code, after the keeper has replaced it.",
        _ACCOUNTS,
        "    connection.execute(delete(KeeperSignInRow).where("
        "KeeperSignInRow.keeper_number == number))\n",
        "",
        _CODE_TESTS,
    ),
    Break(
        "turning codes on leaves the other sessions",
        "Whoever was signed in with a stolen password stays so.",
        _CODES,
        "        accounts.end_sessions(connection, number, spared_hash="
        "sessions.hashed(spared_token))\n",
        "",
        _CODE_TESTS,
    ),
    Break(
        "codes are turned off without the password",
        "Whoever sits down at a keeper's computer takes the second step away.",
        "shop/admin/codes/own.py",
        """\
    if not _is_password(form):
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
""",
        "",
        _CODE_TESTS,
    ),
    Break(
        "the secret of a keeper's app is stored as it is",
        "Whoever reads the database alone computes every code.",
        _CODES,
        "                sealed_secret=sealing.sealed(secret, keys),\n",
        "                sealed_secret=secret,\n",
        _CODE_TESTS,
    ),
    Break(
        "old secret keys open no codes",
        "Changing the secret key locks every keeper with codes out.",
        "shop/storage/keepers/sealing.py",
        "for key in keys])",
        "for key in keys[:1]])",
        _CODE_TESTS,
    ),
    Break(
        "keepers' common passwords are accepted",
        "A keeper's password is among the first that somebody tries.",
        "shop/storage/keepers/passwords.py",
        "LEAST_GUESSES = 10**8",
        "LEAST_GUESSES = 0",
        _TESTS,
    ),
    Break(
        "a start leaves codes with the old secret key",
        "A key that was replaced, perhaps because it leaked, can never be removed.",
        _CODES,
        "            _replace(engine, number, sealed_secret, sealing.sealed(secret, keys))\n",
        "            pass\n",
        (*_CODE_TESTS, "tests/integration/test_start.py"),
    ),
)
