"""Loads `playwright.config.py`, which cannot be imported because of the dot in its name."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

from e2e.support.server import PROJECT


def _loaded() -> Any:
    path = PROJECT / "playwright.config.py"
    spec = importlib.util.spec_from_file_location("playwright_config", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up their module there
    spec.loader.exec_module(module)
    return module.CONFIG


CONFIG = _loaded()


def context_options() -> dict[str, Any]:
    """The arguments of every browser context."""
    return {
        "viewport": {"width": CONFIG.viewport_width, "height": CONFIG.viewport_height},
        "locale": CONFIG.locale,
        "timezone_id": CONFIG.time_zone,
    }
