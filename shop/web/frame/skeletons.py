"""Private pages as skeletons: rendered once for all visits whose pages look alike, with holes for
what differs.

A template sees nothing of a visit but the shape of its page, which is also the key of the skeleton.
Where the page says something else of the visit, the template has a hole. So a skeleton cannot hold
what belongs to one visitor, and a template that asks for more than its shape fails.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from markupsafe import Markup, escape

from shop.core.pricing import Sums
from shop.web.frame.fragments import fragments
from shop.web.frame.layout import Frame
from shop.web.languages.texts import current
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop
from shop.web.site.wording import WrittenSums

EXTENSION = "skeletons"
MOST_KEPT = 512
_MARK = secrets.token_hex(8)  # so that nobody can type a hole
_HOLE = re.compile(f"\0{_MARK}([a-z0-9_]+)\0")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The texts of a page in UTF-8, and between every two of them a hole, whose name is in
    `names`."""

    parts: tuple[bytes, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, html: str) -> Skeleton:
        """The skeleton that a template made of `holes`."""
        parts = _HOLE.split(html)
        return cls(tuple(part.encode() for part in parts), tuple(parts[1::2]))

    def filled(self, values: Mapping[str, str | bytes]) -> bytes:
        """The page with these values: text, which is escaped unless it is markup, or octets, which
        are markup in UTF-8. Raises KeyError when one is missing."""
        parts = list(self.parts)
        parts[1::2] = [_octets(values[name]) for name in self.names]
        return b"".join(parts)


def holes(names: Iterable[str]) -> dict[str, Markup]:
    """What stands in a template for the values of these names."""
    return {name: _safe(f"\0{_MARK}{name}\0") for name in names}


class Skeletons:
    """The skeletons of one app's pages."""

    def __init__(self, app: Flask) -> None:
        self._templates = app.jinja_env
        self._kept: dict[tuple[object, ...], Skeleton] = {}

    def page(
        self,
        template: str,
        shape: Hashable,
        frame: Frame,
        values: Mapping[str, str | bytes],
        *,
        is_shared: bool,
    ) -> bytes:
        """A private page whose template sees its shape, the frame's notices and offer, and a hole
        for each of the values. `is_shared` says whether many visits have this shape; only then is
        the skeleton kept, and only without notices or an offer."""
        to, own = addresses(), fragments()
        count = own.kept("cart_count", Frame(frame.pieces, (), None), to)
        filling = {"count": count, "languages": own.languages(to), **values}
        key = (template, shape, to.root, to.home, current())
        is_kept = is_shared and not frame.notices and frame.offer is None
        skeleton = self._kept.get(key) if is_kept else None
        if skeleton is None:
            skeleton = Skeleton.of(self._rendered(template, shape, frame, holes(filling)))
            if is_kept:
                self._keep(key, skeleton)
        return skeleton.filled(filling)

    def totals(self, sums: Sums) -> bytes:
        """What the macro of this name makes of sums: markup in UTF-8."""
        written = wording.written(sums)
        rates, amounts = [rate for rate, _ in written.vat], [amount for _, amount in written.vat]
        texts = (written.subtotal, written.discount, written.shipping, written.total)
        all_texts = (*texts, written.coupon, *amounts)
        values = {str(place): text for place, text in enumerate(all_texts)}
        key = ("totals", tuple(map(bool, values.values())), *rates, current())
        skeleton = self._kept.get(key)
        if skeleton is None:
            empty = [hole if values[name] else "" for name, hole in holes(values).items()]
            subtotal, discount, shipping, total, coupon, *vat = empty
            pairs = tuple(zip(rates, vat, strict=True))
            shape = WrittenSums(subtotal, discount, shipping, total, coupon, pairs)
            skeleton = Skeleton.of(fragments().made("totals", shape))
            self._keep(key, skeleton)
        return skeleton.filled(values)

    def _rendered(
        self, template: str, shape: Hashable, frame: Frame, empty: Mapping[str, Markup]
    ) -> str:
        return self._templates.get_template(template).render(
            {
                **empty,
                "shape": shape,
                "frame": Frame(0, frame.notices, frame.offer),
                # What templates call for every page, in place of the globals of these names.
                "cart_count": lambda *_: empty["count"],
                "languages": lambda _: empty["languages"],
                "to": addresses(),
                "language": current(),
                "words": shop().words,
            }
        )

    def _keep(self, key: tuple[object, ...], skeleton: Skeleton) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = skeleton


def register(app: Flask) -> None:
    """Gives an app an empty cache."""
    app.extensions[EXTENSION] = Skeletons(app)


def skeletons() -> Skeletons:
    """The skeletons of the current app."""
    extension: Skeletons = current_app.extensions[EXTENSION]
    return extension


def _octets(value: str | bytes) -> bytes:
    # Encoding the lines of a cart anew for each page takes longer than all else that writes them.
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, Markup) else escape(value)).encode()


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704  # a name in our own code
