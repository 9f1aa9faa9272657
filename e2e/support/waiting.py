"""Waiting for what no page shows, such as a file or a process."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed


@retry(
    retry=retry_if_result(lambda is_so: not is_so), stop=stop_after_delay(30), wait=wait_fixed(0.02)
)
def until(condition: Callable[[], bool]) -> bool:
    """Waits until this is so. Raises RetryError after 30 seconds."""
    return condition()
