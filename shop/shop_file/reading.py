"""The way into the room: reads and checks the whole file once, when the shop starts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from shop.core.pricing import Rules
from shop.core.words import Words
from shop.shop_file.charges import Sale, read_charges
from shop.shop_file.table import Table
from shop.shop_file.words import read_demo, read_words

DEMO = Path(__file__).parent.parent / "demo" / "shop.toml"
LARGEST_OCTETS = 100_000


class ShopFileRefused(Exception):
    """The file cannot be used as it is; one sentence per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ShopFile:
    """What the file says: the shop's words, and the rules for each country it delivers to."""

    words: Words
    rules_to: Mapping[str, Rules]


def read(file: Path | None, sale: Sale) -> ShopFile:
    """What a shop says of itself. Without a file, its words are those of the demo shop, and the
    rules are the same for all countries.

    Raises ShopFileRefused with a sentence for each mistake.
    """
    if file is None:
        return ShopFile(demo_words(), dict.fromkeys(sale.countries, sale.rules))
    problems: list[str] = []
    table = Table(file, _content(file), problems)
    words = read_words(table, demo_words())
    rules_to = read_charges(table.table("shipping"), table.table("vat"), sale)
    table.finish()
    if problems:
        raise ShopFileRefused(problems)
    return ShopFile(words, rules_to)


@lru_cache(maxsize=1)
def demo_words() -> Words:
    """The words of the demo shop."""
    return read_demo(Table(DEMO, _content(DEMO), []))


def _content(file: Path) -> dict[str, Any]:
    try:
        octets = file.read_bytes()
        if len(octets) > LARGEST_OCTETS:
            raise _refused(file, f"it is larger than {LARGEST_OCTETS:,} bytes")
        return tomllib.loads(octets.decode("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise _refused(file, f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _refused(file, "it is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(file, f"it is not TOML: {error}") from None


def _refused(file: Path, reason: str) -> ShopFileRefused:
    return ShopFileRefused([f"{file}: {reason}. Correct the file, or start the shop without it."])
