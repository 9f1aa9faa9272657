"""Two endpoints for monitoring: the shop is alive, and it is ready."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from shop.core.errors import DatabaseUnavailable
from shop.storage import schema
from shop.web.site.rate_limits import is_store_up
from shop.web.site.shop import shop

blueprint = Blueprint("health", __name__)

DEGRADED = "the rate limit store is down: each process counts requests in its own memory"


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, str], int]:
    """200 when the database can be reached and is migrated, 503 with the reason otherwise.

    A shop whose store of rate limits is down serves its pages, so it is ready: `degraded` says so.
    """
    try:
        is_current = schema.is_current(shop().engine)
    except (DatabaseUnavailable, SQLAlchemyError):
        return {"status": "not ready", "reason": "the database cannot be reached"}, 503
    if not is_current:
        return {"status": "not ready", "reason": "the database is not migrated"}, 503
    if not is_store_up():
        return {"status": "ready", "degraded": DEGRADED}, 200
    return {"status": "ready"}, 200
