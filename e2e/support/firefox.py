"""Drives an installed Firefox by WebDriver BiDi, which Firefox speaks without a driver program.

Playwright cannot: it needs a Firefox of its own, or one newer than the ESR of the distributions
(in version 1.65 it insists on emulation.setMediaFeaturesOverride, which Firefox 153 does not know).
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed
from websockets.sync.client import ClientConnection, connect

from e2e.support.browser import answers, is_executable
from e2e.support.scripts import script

VARIABLE = "SHOP_E2E_FIREFOX"
NAMES = ("firefox-esr", "firefox")
MISSING = f"no Firefox here: install one (apt-get install firefox-esr) or set {VARIABLE}"
START_SECONDS = 60
ANSWER_SECONDS = 30
PROFILE = "default"
OPTIONS = ("--headless", "--no-remote", "--remote-debugging-port", "0")
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES = {
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
"""Nothing but the shop is asked for: what Firefox fetches by itself would only cost time."""


class ProtocolError(RuntimeError):
    """Firefox refused a command; the text has the command and the reason."""


@dataclass(slots=True)
class Firefox:
    """A running Firefox, over its one connection. Events are kept until somebody waits for one."""

    connection: ClientConnection
    process: subprocess.Popen[bytes]
    version: str = ""
    events: deque[dict[str, Any]] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=count)

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command and returns its result. Raises ProtocolError when it is refused, and
        TimeoutError without an answer."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        self.connection.send(json.dumps(message))
        until = time.monotonic() + ANSWER_SECONDS
        while (reply := self._received(until)).get("id") != number:
            self.events.append(reply)
        if reply["type"] == "error":
            raise ProtocolError(f"{method}: {reply['error']}: {reply['message']}")
        return dict(reply["result"])

    def next_load(self, context: str, until: float) -> None:
        """Waits until a page has loaded in a window; `until` is a time of time.monotonic. Raises
        TimeoutError then."""
        while True:
            event = self.events.popleft() if self.events else self._received(until)
            is_load = event.get("method") == "browsingContext.load"
            if is_load and event["params"]["context"] == context:
                return

    def new_window(self, container: str = "") -> Window:
        """A window with the cookies of this container; without one, of a new container, as if it
        were another browser. PROFILE is the container whose cookies outlive the browser."""
        container = container or self.command("browser.createUserContext")["userContext"]
        created = self.command("browsingContext.create", type="tab", userContext=container)
        return Window(self, container, created["context"])

    def closes(self) -> None:
        """Closes the browser as a person does, and waits until it has saved its cookies."""
        self.command("browser.close")
        self.process.wait(ANSWER_SECONDS)

    def _received(self, until: float) -> dict[str, Any]:
        message = self.connection.recv(timeout=max(0, until - time.monotonic()))
        return dict(json.loads(message))


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a Firefox, with its own cookies."""

    firefox: Firefox
    container: str
    context: str

    def opens(self, address: str) -> None:
        """Opens an address, and waits until the page has loaded."""
        self.firefox.command(
            "browsingContext.navigate", context=self.context, url=address, wait="complete"
        )

    def presses(self, name: str) -> None:
        """Clicks the first button of this name with the mouse. What happened before is forgotten:
        `sees` then waits for a page that the button led to. Raises LookupError without one."""
        found = self.firefox.command(
            "browsingContext.locateNodes",
            context=self.context,
            locator={"type": "accessibility", "value": {"role": "button", "name": name}},
        )["nodes"]
        if not found:
            raise LookupError(f"no button {name!r}")
        button = {"sharedId": found[0]["sharedId"]}
        self._calls(script("into-view"), button)
        self.firefox.events.clear()
        at = {"type": "element", "element": button}
        self.firefox.command(
            "input.performActions",
            context=self.context,
            actions=[
                {
                    "type": "pointer",
                    "id": "mouse",
                    "actions": [
                        {"type": "pointerMove", "x": 0, "y": 0, "origin": at},
                        {"type": "pointerDown", "button": 0},
                        {"type": "pointerUp", "button": 0},
                    ],
                }
            ],
        )

    def sees(self, heading: str, *, seconds: float) -> None:
        """Waits until a page with this first heading has loaded. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while True:
            self.firefox.next_load(self.context, until)
            if self.texts("h1") == [heading]:
                return

    def texts(self, selector: str) -> list[str]:
        """The text of each element that a CSS selector finds, white space in single spaces."""
        found = self._calls(script("texts"), {"type": "string", "value": selector})
        return [" ".join(text.split()) for text in json.loads(found["value"])]

    def waits_for(self, selector: str) -> None:
        """Waits until a CSS selector finds an element in the page. Raises TimeoutError."""
        self._calls(script("is-there"), {"type": "string", "value": selector})

    def cookies(self) -> list[tuple[str, str, str]]:
        """Name, value and path of every cookie of this window, in order. Firefox may list a cookie
        that has expired until it needs the room, but never sends it; such a cookie is left out. It
        rounds the expiry to the nearest second: one just deleted may seem to last half of one."""
        kept = self.firefox.command("storage.getCookies", partition=self._partition())["cookies"]
        return sorted(
            (one["name"], one["value"]["value"], one["path"])
            for one in kept
            if one.get("expiry", math.inf) > time.time() + 0.5
        )

    def puts(self, name: str, value: str, address: str) -> None:
        """Gives this window a cookie of the shop at this address, as if the shop had set it."""
        self.firefox.command(
            "storage.setCookie",
            cookie={
                "name": name,
                "value": {"type": "string", "value": value},
                "domain": urlsplit(address).hostname,
                "httpOnly": True,
                "sameSite": "lax",
                "expiry": int(time.time()) + 30 * 86_400,
            },
            partition=self._partition(),
        )

    def closes(self) -> None:
        """Closes the window and forgets its cookies."""
        self.firefox.command("browser.removeUserContext", userContext=self.container)

    def _partition(self) -> dict[str, str]:
        return {"type": "storageKey", "userContext": self.container}

    def _calls(self, function: str, *arguments: dict[str, Any]) -> dict[str, Any]:
        reply = self.firefox.command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=list(arguments),
            awaitPromise=True,
            target={"context": self.context},
        )
        if reply["type"] == "exception":
            raise ProtocolError(reply["exceptionDetails"]["text"])
        return dict(reply["result"])


def find(environ: Mapping[str, str]) -> Path | None:
    """The Firefox to drive: the one in SHOP_E2E_FIREFOX and no other if that is set, or the first
    on PATH that starts. None if there is none."""
    if named := environ.get(VARIABLE):
        return Path(named) if is_executable(Path(named)) else None
    found = (shutil.which(name, path=environ.get("PATH", "")) for name in NAMES)
    return next((Path(path) for path in found if path and answers(Path(path), environ)), None)


@contextmanager
def running_firefox(executable: Path, folder: Path) -> Iterator[Firefox]:
    """Runs a Firefox with the profile in this folder, a new one if there is none, until the block
    ends, and then stops it at once: Firefox saves the cookies of PROFILE only when it `closes`.
    Raises RuntimeError when it does not start."""
    profile, log_file = folder / "profile", folder / "firefox.log"
    profile.mkdir(exist_ok=True)
    preferences = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in PREFERENCES.items()
    )
    (profile / "user.js").write_text("".join(preferences), "utf-8")
    command = [str(executable), *OPTIONS, "--profile", str(profile)]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        address = _listening(log_file, process)
        if not address:
            raise RuntimeError(f"Firefox did not start: {log_file.read_text('utf-8')[-500:]}")
        with connect(f"{address}/session", max_size=None, proxy=None) as connection:
            firefox = Firefox(connection, process)
            session = firefox.command("session.new", capabilities={})
            firefox.version = session["capabilities"]["browserVersion"]
            firefox.command("session.subscribe", events=["browsingContext.load"])
            yield firefox
    finally:
        process.kill()
        process.wait(ANSWER_SECONDS)


@retry(
    retry=retry_if_result(lambda address: address is None),
    stop=stop_after_delay(START_SECONDS),
    wait=wait_fixed(0.05),
    retry_error_callback=lambda _: "",
)
def _listening(log_file: Path, process: subprocess.Popen[bytes]) -> str | None:
    if process.poll() is not None:
        return ""
    found = LISTENING.search(log_file.read_text("utf-8", errors="replace"))
    return found[1] if found else None
