"""`make pictures`: screenshots of every page and state, to be looked at.

They are written to test-results/pictures/. `--readme` renews the three of the README.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from tqdm import tqdm

from audit import options
from e2e.support.demo_shop import Look, Stage, load_pictures, opened
from e2e.support.server import PROJECT, prepare, running_shop
from e2e.support.subjects import SUBJECT, Subject

FOLDER = PROJECT / "test-results" / "pictures"
LOOKS = [Look(width, scheme) for width in (360, 768, 1280) for scheme in ("light", "dark")]
README = {
    PROJECT / "docs" / "home.png": ("home", Look(1280)),
    PROJECT / "docs" / "cart.png": ("cart-3", Look(1280)),
    PROJECT / "docs" / "mini-cart.png": ("mini-cart", Look(1280, "dark")),
}
"""The pictures of the README: a subject and a look for each."""


@click.command()
@options.subject
@click.option("--readme", is_flag=True, help="Make the pictures of the README instead.")
def main(subjects: list[Subject], readme: bool) -> None:
    """Takes a screenshot of each page and state at each width, light and dark."""
    wanted = README if readme else _all(subjects)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as instance,
        running_shop(prepare(Path(instance))) as shop,
        opened(shop) as (stage, _),
    ):
        for file, (name, look) in tqdm(wanted.items(), desc="pictures", disable=None, leave=False):
            subject = SUBJECT[name]
            _take(stage, subject, look, file, is_whole=not (readme or subject.needs_script))
    click.echo(f"{len(wanted)} pictures: {next(iter(wanted)).parent.relative_to(PROJECT)}")


def _all(subjects: list[Subject]) -> dict[Path, tuple[str, Look]]:
    return {
        FOLDER / f"{subject.name}-{look.width}-{look.scheme}.png": (subject.name, look)
        for subject in subjects
        for look in LOOKS
    }


def _take(stage: Stage, subject: Subject, look: Look, file: Path, *, is_whole: bool) -> None:
    with stage.page(look) as page:
        stage.arrange(page, subject)
        load_pictures(page)
        page.screenshot(path=file, full_page=is_whole)


if __name__ == "__main__":
    main()
