"""Breaks of how the shop uses SQLite and PostgreSQL."""

from __future__ import annotations

from mutants.entry import Break

_VERSION = "shop/storage/database_version.py"
_VERSION_TESTS = ("tests/integration/test_database_version.py",)
_ENGINE = "shop/storage/engine.py"
_TROUBLE = ("tests/integration/test_postgresql_trouble.py",)

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
        "        versions_seen.reset(token)\n",
        "        pass\n",
        _VERSION_TESTS,
    ),
    Break(
        "a question under way is shared",
        "A shopper is shown the price from before the change that they were just told of.",
        _VERSION,
        "if self._begun == begun:",
        "if self._begun == begun and self._newest is None:",
        _VERSION_TESTS,
    ),
    Break(
        "a request does not see what it wrote",
        "Whoever is told that too little is left sees the stock from before on the same page.",
        _ENGINE,
        "            seen.clear()\n",
        "            pass\n",
        _VERSION_TESTS,
    ),
    Break(
        "PostgreSQL may take as long as it likes",
        "A few slow statements take all connections, and nobody sees a page.",
        _ENGINE,
        """    event.listen(engine, "connect", partial(_limit_postgresql, limits))\n""",
        "",
        ("tests/integration/test_postgresql_trouble.py::test_what_the_shop_asks_of_a_connection",),
    ),
    Break(
        "one who waits holds up everybody",
        "An order that waits for a lock stops all pages of its process.",
        "shop/server.py",
        "            waiting.wait = wait\n",
        "            pass\n",
        _TROUBLE,
    ),
    Break(
        "many visitors are too many for select",
        "A worker with more than a thousand open connections loses its database.",
        "shop/server.py",
        "if fileno < SELECTED else waiting.wait_poll",
        "if fileno else waiting.wait_poll",
        _TROUBLE,
    ),
    Break(
        "dead connections are lent",
        "After a restart of PostgreSQL, one page for each connection fails.",
        _ENGINE,
        "pool_pre_ping=True",
        "pool_pre_ping=False",
        _TROUBLE,
    ),
    Break(
        "a server that became read-only is kept",
        "After a failover no order can be placed until the shop is restarted.",
        _ENGINE,
        "        context.is_disconnect = True\n",
        "        pass\n",
        _TROUBLE,
    ),
    Break(
        "a long word goes to PostgreSQL whole",
        "A search for it is answered with 503, and a catalogue that has it cannot be imported.",
        "shop/storage/search.py",
        "(word[:LONGEST_WORD] for word in words(query))",
        "(word for word in words(query))",
        ("tests/integration/test_search_cases.py",),
    ),
    Break(
        "stock is taken in the order of the cart",
        "Two orders of the same products at once can lock each other out.",
        "shop/storage/orders/placing.py",
        "sorted(order.lines, key=lambda line: line.number)",
        "order.lines",
        (
            "tests/integration/test_crowd.py::test_stock_is_taken_in_one_order_whatever_that_of_the_lines",
        ),
    ),
)
