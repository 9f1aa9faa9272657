"""Commands that install what the end-to-end tests need, each within its time."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ANSWER_SECONDS = 30
INSTALL_SECONDS = 600

# The file descriptor itself, because a captured sys.stderr may have none.
STDERR = 2


def is_debian() -> bool:
    """Whether this is Debian, Ubuntu, or made of one of them."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return False
    names = {release["ID"], *release.get("ID_LIKE", "").split()}
    return not names.isdisjoint({"debian", "ubuntu"})


def succeeds(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    seconds: float,
    output: int = subprocess.DEVNULL,
) -> bool:
    """Runs a command, for so many seconds at most, and says whether its status was 0.
    Also False when it does not start, or takes too long and is stopped with its children."""
    try:
        process = subprocess.Popen(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.returncode is None:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stops its process group: `python -m playwright` alone leaves its downloader running."""
    with suppress(OSError, subprocess.TimeoutExpired):
        if sys.platform == "win32":
            process.kill()
        else:
            # Not SIGKILL: apt-get would leave dpkg halfway through a package.
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(ANSWER_SECONDS)
