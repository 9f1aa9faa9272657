"""The legal pages that the shop's own file names: privacy, terms, imprint, returns."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort
from markupsafe import Markup
from werkzeug.wrappers import Response

from shop.core.words import LEGAL_SLUGS
from shop.web.cart.visit import CartVisit
from shop.web.frame import responses, seo
from shop.web.frame.public_pages import public
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("legal", __name__)


@blueprint.get(f"/<any({', '.join(LEGAL_SLUGS)}):slug>")
@public
def show(visit: CartVisit | None, slug: str) -> Response:
    page = next((page for page in shop().words.pages if page.slug == slug), None)
    if page is None:
        abort(HTTPStatus.NOT_FOUND)
    return responses.page(
        "legal/show.html",
        visit,
        head=seo.page(page.title, addresses().home + slug),
        title=page.title,
        tag=page.tag,
        direction=shop().languages.get(page.tag).direction,
        text=Markup(page.html),  # noqa: S704  # rendered without HTML from the file
    )
