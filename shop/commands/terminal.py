"""How commands report to an operator: failures in sentences, and progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from shop.config import SettingsError
from shop.core.errors import ShopError

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")


class Sentence(click.ClickException):
    """A message for the operator; the command ends with exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class Commands(click.Group):
    """A group whose commands turn errors of the layers below into sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, ShopError) as problem:
            raise Sentence(str(problem)) from None
        except ArgumentError:
            raise Sentence("SHOP_DATABASE_URL is not an SQLAlchemy URL.") from None
        except SQLAlchemyError as problem:
            reason = str(getattr(problem, "orig", problem)).strip()
            raise Sentence(f"The database refused: {reason}") from None


def progress(items: Iterable[Item], *, total: int, unit: str) -> tqdm[Item]:
    """A progress bar, on a terminal only; `unit` is a plural, such as `orders`."""
    from tqdm import tqdm  # it looks its own version up, which `shop serve` need not wait for

    return tqdm(items, total=total, unit=f" {unit}", disable=None, leave=False)


@contextmanager
def advancing() -> Iterator[Callable[[int, int], None]]:
    """A progress bar, on a terminal only, for work that calls with how much is done and how much
    there is; when there is another amount to do, it starts anew."""
    from tqdm import tqdm

    with tqdm(total=0, disable=None, leave=False, bar_format="{percentage:3.0f} % |{bar}|") as bar:

        def advance(done: int, total: int) -> None:
            if bar.total != total:
                bar.reset(total)
            bar.update(done - bar.n)

        yield advance


def counted(count: int, what: str = "product") -> str:
    """A number with its noun, whose plural ends in s: 1 order, 1,200 orders."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
