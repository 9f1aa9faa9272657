"""Breaks of how the shop uses SQLite and PostgreSQL."""

from __future__ import annotations

from mutants.entry import Break

_VERSION = "shop/storage/database_version.py"
_VERSION_TESTS = ("tests/integration/test_database_version.py",)

BREAKS = (
    Break(
        "an older transaction commits unnoticed",
        "On PostgreSQL a price shows as it was, once a slow change has been overtaken by another.",
        _VERSION,
        """"pg_current_snapshot()::text""",
        """"pg_snapshot_xmax(pg_current_snapshot())::text""",
        _VERSION_TESTS,
    ),
    Break(
        "a lost connection stays lost",
        "After a restart of PostgreSQL every process of the shop fails once, on a page.",
        _VERSION,
        "                except lost:\n                    self._forget()\n",
        "                except lost:\n                    raise\n",
        _VERSION_TESTS,
    ),
    Break(
        "a page remembers after it was sent",
        "A process of the shop shows the prices of the first request for ever.",
        "shop/storage/cached_catalogue.py",
        "        _seen.reset(token)\n",
        "        pass\n",
        _VERSION_TESTS,
    ),
)
