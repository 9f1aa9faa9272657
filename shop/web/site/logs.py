"""Structured logs: one JSON object for each event, on standard error.

They name events, endpoints and reasons; never an address, a name, a cookie or a token.
"""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter

_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "message": "event"}


def register() -> None:
    """Gives the shop's loggers their handler, once per process."""
    logger = logging.getLogger("shop")
    if logger.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(_FIELDS, rename_fields=_NAMES))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
