from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("crumb", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("crumb")
