"""Breaks of a shop's move to another database, and of its backups from and into PostgreSQL."""

from __future__ import annotations

from mutants.entry import Break

_ROOM = "shop/storage/database_copy"
_TESTS = ("tests/integration/test_copy_database.py",)
_BACKUP_TESTS = ("tests/integration/test_backup_databases.py",)

BREAKS = (
    Break(
        "a sequence is not set",
        "After the move to PostgreSQL, no product can be added and no order placed.",
        f"{_ROOM}/numbers.py",
        'text(f"SELECT setval({sequence}, :number)")',
        'text(f"SELECT {sequence}, :number")',
        _TESTS,
    ),
    Break(
        "the number of a deleted product is given again",
        "After the move, a cart in a browser holds another product than the shopper chose.",
        f"{_ROOM}/numbers.py",
        "return max(highest, last_given(source, table)) if counts else highest",
        "return highest",
        _TESTS,
    ),
    Break(
        "a table is left out of the copy",
        "The price history stays behind, and nobody hears of it.",
        f"{_ROOM}/rows.py",
        "return tuple(models.Table.metadata.sorted_tables)",
        "return tuple(models.Table.metadata.sorted_tables[:-1])",
        _TESTS,
    ),
    Break(
        "a copy that differs is kept",
        "The shop goes on with other products than it had.",
        f"{_ROOM}/copying.py",
        "    if not all(each.is_same for each in comparisons):\n",
        "    if not comparisons:\n",
        _TESTS,
    ),
    Break(
        "a digest forgets which column a value stands in",
        "Two columns that were exchanged pass for the same.",
        f"{_ROOM}/digests.py",
        'return b"".join([b"%d:%b" % (len(form), form) for form in forms])',
        'return b"".join(sorted([b"%d:%b" % (len(form), form) for form in forms]))',
        ("tests/unit/storage/test_database_copy.py",),
    ),
    Break(
        "a shop that starts at the same moment is copied",
        "What is ordered during the copy is lost.",
        f"{_ROOM}/source.py",
        'scalar_one() != "delete":',
        'scalar_one() not in ("delete", "wal"):',
        _TESTS,
    ),
    Break(
        "a shop on PostgreSQL takes orders while it is copied",
        "An order is confirmed, and lost.",
        f"{_ROOM}/source.py",
        "        _lock(connection, shown(url))\n",
        "",
        _TESTS,
    ),
    Break(
        "who came during the copy is not seen",
        "An order that waited for the copy to end is in the old database only.",
        f"{_ROOM}/copying.py",
        "        origin.refuse_company(*_process_ids(destination))\n",
        "",
        _TESTS,
    ),
    Break(
        "a copy goes on top of another shop",
        "The rows of two shops are mixed, or a stranger's database gets the shop's tables.",
        f"{_ROOM}/target.py",
        "    if tables:\n",
        "    if not name:\n",
        _TESTS,
    ),
    Break(
        "a copy that was stopped leaves its file",
        "The next try is refused, or half a shop is served.",
        f"{_ROOM}/target.py",
        "            file.with_name(file.name + suffix).unlink(missing_ok=True)\n",
        "            file.with_name(file.name + suffix)\n",
        _TESTS,
    ),
    Break(
        "PostgreSQL is sent what it cannot hold",
        "A keeper is told that something is out of range, and not which row.",
        f"{_ROOM}/copying.py",
        "                    problems += fitting.problems(table, batch)\n",
        "                    problems += []\n",
        _TESTS,
    ),
    Break(
        "a backup of PostgreSQL is of several moments",
        "It holds an order without its lines, or the lines of an order that it does not have.",
        f"{_ROOM}/source.py",
        'isolation_level="REPEATABLE READ"',
        'isolation_level="READ COMMITTED"',
        _BACKUP_TESTS,
    ),
    Break(
        "nobody can order during a backup of PostgreSQL",
        "Every night the shop takes no orders for a while.",
        f"{_ROOM}/source.py",
        "IN ACCESS SHARE MODE",
        "IN SHARE MODE",
        _BACKUP_TESTS,
    ),
    Break(
        "a failed restore leaves its files",
        "The keys and photos of another time stand beside an empty database.",
        "shop/storage/backups/restore.py",
        "        moved.undo()\n        raise\n    return moved.folders\n",
        "        raise\n    return moved.folders\n",
        _BACKUP_TESTS,
    ),
)
