"""How a Firefox is found, and how its protocol is spoken."""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, cast

import pytest
from websockets.sync.client import ClientConnection

from e2e.support import firefox
from e2e.support.firefox import PROFILE, VARIABLE, Firefox, ProtocolError, Window

REPLY = {"type": "success", "id": 0, "result": {"a": 1}}
PAGE_MOVED = {"type": "event", "method": "browsingContext.load", "params": {"context": "w1"}}


@dataclass
class Wire:
    """A connection whose other end sends these messages, and then nothing."""

    incoming: deque[dict[str, Any]] = field(default_factory=deque)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    def recv(self, timeout: float) -> str:
        if not self.incoming:
            raise TimeoutError
        return json.dumps(self.incoming.popleft())


def speaking(*incoming: dict[str, Any]) -> tuple[Firefox, Wire]:
    wire = Wire(deque(incoming))
    return Firefox(cast(ClientConnection, wire), cast(Popen[bytes], None)), wire


def test_a_command_returns_its_result_and_keeps_events_for_later() -> None:
    running, wire = speaking(PAGE_MOVED, REPLY)
    assert running.command("session.status", b=2) == {"a": 1}
    assert wire.sent == [{"id": 0, "method": "session.status", "params": {"b": 2}}]
    running.next_load("w1", until=0)


def test_a_refused_command_says_which_and_why() -> None:
    running, _ = speaking({"type": "error", "id": 0, "error": "no such", "message": "gone"})
    with pytest.raises(ProtocolError, match="session\\.end: no such: gone"):
        running.command("session.end")


def test_a_command_without_an_answer_ends() -> None:
    running, _ = speaking(PAGE_MOVED)
    with pytest.raises(TimeoutError):
        running.command("session.status")


def test_the_loads_of_other_windows_do_not_count() -> None:
    running, _ = speaking(PAGE_MOVED)
    with pytest.raises(TimeoutError):
        running.next_load("w2", until=0)


def test_expired_cookies_are_left_out() -> None:
    def cookie(name: str, **expiry: int) -> dict[str, Any]:
        return {"name": name, "value": {"type": "string", "value": "x"}, "path": "/", **expiry}

    now = int(time.time())
    cookies = [cookie("later", expiry=now + 60), cookie("ended", expiry=now), cookie("always")]
    running, wire = speaking(REPLY | {"result": {"cookies": cookies}})
    window = Window(running, PROFILE, "w1")
    assert window.cookies() == [("always", "x", "/"), ("later", "x", "/")]
    assert wire.sent[0]["params"]["partition"]["userContext"] == PROFILE


def test_a_button_that_is_not_there_is_an_error() -> None:
    running, _ = speaking(REPLY | {"result": {"nodes": []}})
    with pytest.raises(LookupError, match="no button 'Pay'"):
        Window(running, PROFILE, "w1").presses("Pay")


def program(folder: Path, name: str, text: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_named_firefox_is_used_and_no_other(tmp_path: Path) -> None:
    program(tmp_path, "firefox")
    own = program(tmp_path, "nightly")
    environ = {"PATH": str(tmp_path)}
    assert firefox.find(environ | {VARIABLE: str(own)}) == own
    assert firefox.find(environ | {VARIABLE: str(tmp_path / "missing")}) is None


def test_the_first_firefox_that_starts_is_used(tmp_path: Path) -> None:
    assert firefox.find({"PATH": str(tmp_path)}) is None
    program(tmp_path, "firefox-esr", "exit 1")
    assert firefox.find({"PATH": str(tmp_path)}) is None
    newest = program(tmp_path, "firefox")
    assert firefox.find({"PATH": str(tmp_path)}) == newest


def test_a_firefox_that_does_not_start_says_so(tmp_path: Path) -> None:
    broken = program(tmp_path, "firefox", "echo no display; exit 1")
    with (
        pytest.raises(RuntimeError, match=r"Firefox did not start: no display"),
        firefox.running_firefox(broken, tmp_path),
    ):
        pass
