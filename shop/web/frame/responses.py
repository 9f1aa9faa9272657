"""The responses that a page module ends with: a page, one way or the other, or a redirect to one.

All take the visit, show or keep what it says, and write what changed. So no view can render a
page without its frame, or forget to delete a cookie that cannot be used.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from http import HTTPStatus

from flask import current_app, make_response, redirect, render_template, template_rendered
from werkzeug.wrappers import Response

from shop.web.cart.visit import CartVisit
from shop.web.cart.writer import UNCHANGED, CartChange, write
from shop.web.frame.layout import PUBLIC, frame_of
from shop.web.frame.skeletons import skeletons


def page(
    template: str,
    visit: CartVisit | None,
    change: CartChange = UNCHANGED,
    *,
    status: int = HTTPStatus.OK,
    **context: object,
) -> Response:
    """A page in the shop's frame; without a visit, it says nothing of the visitor."""
    frame = PUBLIC if visit is None else frame_of(visit)
    html = render_template(template, visit=visit, frame=frame, **context)
    if visit is None:
        return make_response(html, status)
    return write(make_response(html, status), visit, change)


def page_of_shape(
    template: str,
    visit: CartVisit,
    change: CartChange = UNCHANGED,
    *,
    shape: Hashable,
    values: Mapping[str, str | bytes],
    is_shared: bool,
    status: int = HTTPStatus.OK,
    **context: object,
) -> Response:
    """A private page as `Skeletons.page` makes it: faster, where most pages look alike. Whoever
    listens for rendered templates is given the context, as if it had been rendered with that."""
    frame = frame_of(visit)
    html = skeletons().page(template, shape, frame, values, is_shared=is_shared)
    if template_rendered.receivers:
        template_rendered.send(
            current_app._get_current_object(),  # type: ignore[attr-defined]
            template=current_app.jinja_env.get_template(template),
            context={**context, "visit": visit, "frame": frame},
        )
    return write(current_app.response_class(html, status), visit, change)


def see_other(address: str, visit: CartVisit, change: CartChange = UNCHANGED) -> Response:
    """A redirect that is followed with GET, whatever the method of the request (RFC 9110)."""
    return write(redirect(address, HTTPStatus.SEE_OTHER), visit, change)
