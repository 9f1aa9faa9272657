"""What the rest of the shop refuses on the API's behalf, as JSON: an address that does not exist, a
world that cannot be opened, a database that is down."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from shop.test_mode.api.models import Problem

_TEXTS = {
    HTTPStatus.BAD_REQUEST: "This request cannot be read, or it names a host that is not "
    "this shop's: SHOP_TRUSTED_HOSTS lists its names.",
    HTTPStatus.NOT_FOUND: "The API has no such address. GET /api/openapi.json describes those that "
    "it has.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; the header Allow says "
    "which it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than this shop takes.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is down, or busy. Is the fault database-down on?",
}


def in_json(response: Response) -> Response:
    """A refusal of the API as JSON, with its status and its other headers; any other response as
    it is."""
    is_refusal = response.status_code >= HTTPStatus.BAD_REQUEST and not response.is_json
    if not is_refusal or not request.path.startswith("/api/"):
        return response
    status = HTTPStatus(response.status_code)
    is_explained = response.mimetype == "text/plain"
    text = response.get_data(as_text=True).strip() if is_explained else ""
    problem = Problem(error=text or _TEXTS.get(status) or f"{status.phrase}.")
    response.set_data(problem.model_dump_json())
    response.mimetype = "application/json"
    return response
