"""How the end-to-end tests drive the browser: the one place that says so.

pytest-playwright reads no such file; `e2e/conftest.py` loads this one by its path.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaywrightConfig:
    """Times are milliseconds; `tracing` and `screenshot` are the plugin's own words."""

    viewport_width: int = 1280
    viewport_height: int = 800
    locale: str = "en-GB"
    time_zone: str = "Europe/London"
    expect_timeout: int = 10_000
    action_timeout: int = 10_000
    navigation_timeout: int = 20_000
    tracing: str = "retain-on-failure"
    screenshot: str = "only-on-failure"
    output: str = "test-results/e2e"


CONFIG = PlaywrightConfig()
