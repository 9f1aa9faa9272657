"""Faults that a test asks for by name: `slow=800, fail-posts=2`."""

from __future__ import annotations

from dataclasses import dataclass, fields

SLOWEST_MS = 30_000
MOST_POSTS = 1_000


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong.

    `slow` is how many milliseconds each page waits. The next `fail_posts` POST requests are
    answered with 500 before anything is done, and the next `drop_posts` do their work but are never
    answered. `database_down` makes every query fail; `stale_page` shows a page as this world has
    shown it before.
    """

    slow: int = 0
    fail_posts: int = 0
    drop_posts: int = 0
    database_down: bool = False
    stale_page: bool = False

    def __str__(self) -> str:
        """The text that `parsed` reads."""
        values = {name: getattr(self, field) for name, field in NAMES.items()}
        return ", ".join(
            name if value is True else f"{name}={value}" for name, value in values.items() if value
        )


NAMES = {field.name.replace("_", "-"): field.name for field in fields(Faults)}
"""The faults as a test writes them, and the fields that hold them."""
MEANINGS = {
    "slow": "slow=800: each page waits for 800 milliseconds",
    "fail-posts": "fail-posts=2: the next two POST requests are answered with 500; nothing is done",
    "drop-posts": "drop-posts=9: the next nine POST requests do their work, and are never answered",
    "database-down": "database-down: every page that needs the database is answered with 503",
    "stale-page": "stale-page: a page is shown as it was when this world last showed it",
}
_MOST = {"slow": SLOWEST_MS, "fail-posts": MOST_POSTS, "drop-posts": MOST_POSTS}
NONE = Faults()


def parsed(text: str) -> Faults:
    """The faults that a text names, separated by commas. Raises ValueError, which lists them."""
    values: dict[str, int | bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, separator, figure = (word.strip() for word in part.partition("="))
        if name not in NAMES:
            raise ValueError(f"{name!r} is not a fault. There are: {'; '.join(MEANINGS.values())}.")
        values[NAMES[name]] = _value(name, figure if separator else None)
    return Faults(**values)  # type: ignore[arg-type]


def _value(name: str, figure: str | None) -> int | bool:
    most = _MOST.get(name)
    if most is None:
        if figure is not None:
            raise ValueError(f"{name} takes no figure.")
        return True
    figure = "" if figure is None else figure
    if not figure.isascii() or not figure.isdigit() or int(figure[:9]) > most or len(figure) > 9:
        raise ValueError(f"{name} takes a whole number from 0 to {most}, such as {name}=1.")
    return int(figure)
