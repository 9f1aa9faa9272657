"""Finds or installs the Chromium that the end-to-end tests drive.

`python -m e2e.support.browser` makes sure that there is one, and prints which; with `--headless`,
it is one for tests without a window.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.support.commands import (
    ANSWER_SECONDS,
    INSTALL_SECONDS,
    STDERR,
    is_debian,
    succeeds,
)

VARIABLE = "SHOP_E2E_CHROMIUM"
ADVICE = (
    "No Chromium for the end-to-end tests: "
    f"set {VARIABLE} to the path of a Chrome or Chromium, or install one."
)

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
HEADLESS_SHELL = "chromium-headless-shell"
"""Debian's name of the Chromium without a window, as Playwright's own is when it is headless. A new
page takes it a quarter of the processor time."""
MACOS_PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PLACES = ("Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe")

# A launch rather than a check of chromium.executable_path: a headless launch runs another program
# (the headless shell), and a downloaded Chromium may lack system libraries.
# In a separate process, since Playwright's sync API refuses to start twice in one thread.
LAUNCH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    playwright.chromium.launch().close()
"""

# Milliseconds of silence per attempt. Playwright makes five, and its default is 30 seconds each.
DOWNLOAD_PATIENCE = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}


class BrowserMissing(RuntimeError):
    """There is no usable browser; the text is a sentence for whoever runs the tests."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that can be launched.

    `executable` is None for Playwright's own: launch it without an executable_path, because
    Playwright chooses between its Chromium and its headless shell.
    """

    executable: Path | None
    origin: str


def find(environ: Mapping[str, str], *, is_headless: bool = False) -> Browser | None:
    """Checks only what is installed; takes about a second. One that is headless may be the headless
    shell, which has no windows, no autofill, no back/forward cache and no settings for cookies of
    other sites.

    Raises BrowserMissing if the path in SHOP_E2E_CHROMIUM cannot be run: whoever set it wants
    that browser and no other.
    """
    return (
        named(environ)
        or playwrights_own(environ)
        or (installed(environ, [HEADLESS_SHELL]) if is_headless else None)
        or installed(environ)
    )


def ensure(environ: Mapping[str, str], *, is_headless: bool = False) -> Browser:
    """Like `find`, but installs a browser if there is none, or raises BrowserMissing.

    Call it before the test workers start: two apt-get cannot run at the same time.
    """
    found = find(environ, is_headless=is_headless)
    browser = found or download(environ) or apt_install(environ, is_headless=is_headless)
    if browser is None:
        raise BrowserMissing(ADVICE)
    return browser


def named(environ: Mapping[str, str]) -> Browser | None:
    path = environ.get(VARIABLE)
    if not path:
        return None
    if not is_executable(Path(path)):
        raise BrowserMissing(f"{VARIABLE} is set to {path}, which is not an executable file.")
    return Browser(Path(path), VARIABLE)


def playwrights_own(environ: Mapping[str, str]) -> Browser | None:
    launched = succeeds([sys.executable, "-c", LAUNCH], environ, ANSWER_SECONDS)
    return Browser(None, "playwright") if launched else None


def installed(environ: Mapping[str, str], names: Sequence[str] = NAMES) -> Browser | None:
    for path in candidates(environ, names):
        if answers(path, environ):
            return Browser(path, "system")
    return None


def candidates(environ: Mapping[str, str], names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield Path(found)
    if names is not NAMES:
        return
    roots = [Path(environ[name]) for name in WINDOWS_ROOTS if name in environ]
    places = [root / place for root in roots for place in WINDOWS_PLACES]
    yield from filter(is_executable, [*MACOS_PLACES, *places])


def is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def answers(path: Path, environ: Mapping[str, str]) -> bool:
    """False for Ubuntu's chromium-browser when it only prints to install the snap."""
    # On Windows `chrome.exe --version` prints nothing and opens a window.
    return sys.platform == "win32" or succeeds([path, "--version"], environ, ANSWER_SECONDS)


def download(environ: Mapping[str, str]) -> Browser | None:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    succeeds(command, {**DOWNLOAD_PATIENCE, **environ}, INSTALL_SECONDS, output=STDERR)
    # Whatever the exit status: it is 0 under PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD.
    browser = playwrights_own(environ)
    if browser is None:
        print("`playwright install chromium` gave no usable browser: going on.", file=sys.stderr)
    return browser


def apt_install(environ: Mapping[str, str], *, is_headless: bool) -> Browser | None:
    """Works only as root on Debian or Ubuntu."""
    if not is_debian() or os.geteuid() != 0:
        return None
    settings = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    commands = [["apt-get", "update"], [*install, "chromium"]]
    if is_headless:
        commands.append([*install, HEADLESS_SHELL])  # apart, since Ubuntu has none
    # When the update fails, the existing package lists may be good enough.
    for command in commands:
        succeeds(command, settings, INSTALL_SECONDS, output=STDERR)
    return find(environ, is_headless=is_headless)


def main() -> int:
    try:
        browser = ensure(os.environ, is_headless="--headless" in sys.argv[1:])
    except BrowserMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"end-to-end browser: {browser.executable or 'Chromium'} ({browser.origin})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
