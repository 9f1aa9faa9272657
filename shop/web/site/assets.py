"""Static files, served from addresses that change with their content.

The content of `/static/<digest>/<path>` never changes, so browsers keep it for a year. Scripts and
style sheets are minified when the shop starts, and served from memory (ADR 35). The style sheets in
`css/` are one file per component and are served as one: cascade layers, declared in
`css/layers.css`, make their order irrelevant. The modules in `js/` import each other by relative
address, so they share one digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path, PurePath

import imagesize
from flask import Blueprint, Flask, abort, current_app, request, send_from_directory
from rjsmin import jsmin
from werkzeug.wrappers import Response

from shop.core.words import Look, OwnPicture

STYLES = "css/shop.css"
LAYERS = "css/layers.css"
DIGEST_CHARACTERS = 12
YEAR_SECONDS = 365 * 86_400
BRIEFLY_SECONDS = 60
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/""", re.DOTALL)
_GAP = re.compile(r"""("[^"]*"|'[^']*')|([{}:;])\s+|\s+(?:([{};])\s*)?""")

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True, eq=False)
class Assets:
    """The files of one folder with their digests, read when the shop starts: restart it after a
    file has changed. `texts` has the scripts and style sheets as they are served, minified; digests
    are of what is served."""

    folder: Path
    texts: Mapping[str, bytes]
    digests: Mapping[str, str]
    own: Mapping[str, OwnPicture] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Assets:
        """Reads the folder once; files that are added later are unknown."""
        files = {_name(path, folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
        texts = {name: _minified(path) for name, path in files.items() if path.suffix in _MINIFIERS}
        digests = {
            name: _digest(texts.get(name) or path.read_bytes()) for name, path in files.items()
        }
        scripts = [name for name in digests if name.startswith("js/")]
        together = _digest("".join(digests[name] for name in scripts).encode("ascii"))
        styles = _together(texts)
        digests |= {**dict.fromkeys(scripts, together), STYLES: _digest(styles)}
        return cls(folder, {**texts, STYLES: styles}, digests)

    def size(self, name: str) -> tuple[int, int] | None:
        """Width and height of a raster picture in pixels; None when it is none that is known."""
        return _size(self.folder / name)

    def octets(self, name: str) -> bytes:
        """What is served under a name. Raises KeyError when there is none of this name."""
        if name in self.texts:
            return self.texts[name]
        if name in self.own:
            return self.own[name].octets
        if name not in self.digests:
            raise KeyError(name)
        return (self.folder / name).read_bytes()

    def with_look(self, look: Look) -> Assets:
        """The same files, and what a shop changes in its look: its styles end the style sheets."""
        styles = self.texts[STYLES] + look.styles.encode("utf-8")
        digests = {**self.digests, STYLES: _digest(styles)}
        own = {picture.name: picture for picture in look.pictures}
        digests |= {name: _digest(picture.octets) for name, picture in own.items()}
        return replace(self, texts={**self.texts, STYLES: styles}, digests=digests, own=own)


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
    if name in here.texts:
        response = _from_memory(name, here.texts[name], _MEDIA_TYPES[PurePath(name).suffix])
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


def _minified(path: Path) -> bytes:
    minify = _MINIFIERS[path.suffix]
    return minify(path.read_text("utf-8")).encode("utf-8")


# Leaves every space that may mean something, as in `.a :is(b)` and `1px - 2px`.
def _without_gaps(styles: str) -> str:
    without_comments = _COMMENT.sub(lambda found: found[1] or " ", styles)
    return _GAP.sub(lambda found: found[1] or found[2] or found[3] or " ", without_comments).strip()


_MINIFIERS: Mapping[str, Callable[[str], str]] = {".css": _without_gaps, ".js": jsmin}


def _together(texts: Mapping[str, bytes]) -> bytes:
    sheets = (name for name in texts if PurePath(name).parent == PurePath("css"))
    return b"".join(texts[name] for name in sorted(sheets, key=lambda it: (it != LAYERS, it)))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGEST_CHARACTERS]
