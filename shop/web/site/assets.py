"""Static files, served as they are from addresses that change with their content.

The content of `/static/<digest>/<path>` never changes, so browsers keep it for a year. The style
sheets in `css/` are one file per component and are served as one: cascade layers, declared in
`css/layers.css`, make their order irrelevant. The modules in `js/` import each other by relative
address, so they share one digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

import imagesize
from flask import Blueprint, Flask, abort, current_app, request, send_from_directory
from werkzeug.wrappers import Response

from shop.core.words import Look, OwnPicture

STYLES = "css/shop.css"
DIGEST_CHARACTERS = 12
YEAR_SECONDS = 365 * 86_400
BRIEFLY_SECONDS = 60

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True, eq=False)
class Assets:
    """The files of one folder with their digests, read when the shop starts: restart it after a
    file has changed."""

    folder: Path
    styles: bytes
    digests: Mapping[str, str]
    own: Mapping[str, OwnPicture] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Assets:
        """Reads the folder once; files that are added later are unknown."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        digests = {_name(path, folder): _digest(path.read_bytes()) for path in files}
        scripts = "".join(digests[name] for name in digests if name.startswith("js/"))
        digests |= {
            name: _digest(scripts.encode("ascii")) for name in digests if name.startswith("js/")
        }
        sheets = sorted(
            folder.glob("css/*.css"), key=lambda sheet: (sheet.name != "layers.css", sheet.name)
        )
        styles = b"\n".join(sheet.read_bytes() for sheet in sheets)
        return cls(folder, styles, digests | {STYLES: _digest(styles)})

    def size(self, name: str) -> tuple[int, int] | None:
        """Width and height of a raster picture in pixels; None when it is none that is known."""
        return _size(self.folder / name)

    def octets(self, name: str) -> bytes:
        """What a file holds. Raises KeyError when there is none of this name."""
        if name == STYLES:
            return self.styles
        if name in self.own:
            return self.own[name].octets
        if name not in self.digests:
            raise KeyError(name)
        return (self.folder / name).read_bytes()

    def with_look(self, look: Look) -> Assets:
        """The same files, and what a shop changes in its look: its styles end the style sheets."""
        styles = self.styles + look.styles.encode("utf-8")
        digests = {**self.digests, STYLES: _digest(styles)}
        own = {picture.name: picture for picture in look.pictures}
        digests |= {name: _digest(picture.octets) for name, picture in own.items()}
        return replace(self, styles=styles, digests=digests, own=own)


def register(app: Flask, folder: Path, look: Look) -> None:
    """Serves the files of a folder, which a process reads once, in the shop's own look."""
    app.extensions["assets"] = _read(folder).with_look(look)  # each app has its own addresses
    app.register_blueprint(blueprint)


def assets() -> Assets:
    """The static files of the current app."""
    extension: Assets = current_app.extensions["assets"]
    return extension


@blueprint.get("/static/<digest>/<path:name>")
def show(digest: str, name: str) -> Response:
    return _sent(name, is_final=digest == assets().digests.get(name))


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    return _sent("img/favicon.ico", is_final=False)


def keep_for_good(response: Response) -> None:
    """Lets every cache keep a response whose address contains its digest."""
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"


def _sent(name: str, *, is_final: bool) -> Response:
    here = assets()
    if name not in here.digests:
        abort(HTTPStatus.NOT_FOUND)
    if name == STYLES:
        response = _from_memory(name, here.styles, "text/css")
    elif name in here.own:
        response = _from_memory(name, here.own[name].octets, here.own[name].media_type)
    else:
        response = send_from_directory(here.folder, name, max_age=BRIEFLY_SECONDS)
    # The address of an older digest still works, for pages that were open during an update.
    response.headers["Cache-Control"] = f"public, max-age={BRIEFLY_SECONDS}"
    if is_final and response.status_code < 400:
        keep_for_good(response)
    return response


def _from_memory(name: str, octets: bytes, media_type: str) -> Response:
    response = Response(octets, mimetype=media_type)
    response.set_etag(assets().digests[name])
    return response.make_conditional(request.environ)


@lru_cache(maxsize=1)
def _read(folder: Path) -> Assets:
    return Assets.of(folder)


@lru_cache(maxsize=10_000)
def _size(file: Path) -> tuple[int, int] | None:
    width, height = imagesize.get(file)
    return (width, height) if min(width, height) > 0 else None


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGEST_CHARACTERS]
