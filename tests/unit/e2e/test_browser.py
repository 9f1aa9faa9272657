import os
import platform
import select
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e.support import browser, commands
from e2e.support.browser import ADVICE, HEADLESS_SHELL, VARIABLE, Browser, BrowserMissing

DEBIAN = {"ID": "debian"}
UBUNTU_CHILD = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}
FEDORA = {"ID": "fedora"}


@dataclass
class Machine:
    """A fake for `browser.succeeds` that knows what each command would do on this machine."""

    bin: Path
    own: bool = False
    broken: tuple[str, ...] = ()
    download_works: bool = False
    apt_works: bool = False
    ran: list[str] = field(default_factory=list)
    settings: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def succeeds(
        self,
        command: Sequence[str | Path],
        environ: Mapping[str, str],
        seconds: float,
        output: int = subprocess.DEVNULL,
    ) -> bool:
        match [str(part) for part in command]:
            case [_, "-c", browser.LAUNCH]:
                return self.own
            case [program, "--version"]:
                return Path(program).name not in self.broken
            case [_, "-m", "playwright", "install", "chromium"]:
                self.note("playwright install", environ)
                self.own = self.download_works
                return self.download_works
            case ["apt-get", *arguments]:
                self.note(f"apt-get {arguments[0]}", environ)
                for name in ("chromium", HEADLESS_SHELL):
                    if self.apt_works and name in arguments:
                        self.add(name)
                return self.apt_works
            case other:
                raise AssertionError(f"unexpected command {other}")

    def note(self, name: str, environ: Mapping[str, str]) -> None:
        self.ran.append(name)
        self.settings[name] = environ

    def add(self, name: str) -> Path:
        path = self.bin / name
        path.touch(mode=0o755)
        return path

    def set_system(
        self, release: dict[str, str], user: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
        monkeypatch.setattr("os.geteuid", lambda: user)

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": str(self.bin)}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path)
    monkeypatch.setattr(browser, "succeeds", machine.succeeds)
    monkeypatch.setattr(browser, "MACOS_PLACES", ())
    machine.set_system(FEDORA, 1000, monkeypatch)
    return machine


@pytest.mark.parametrize(
    ("variable", "own", "system", "origin", "name"),
    [
        pytest.param(True, True, True, VARIABLE, "mine", id="the variable comes first"),
        pytest.param(False, True, True, "playwright", None, id="then Playwright's own"),
        pytest.param(False, False, True, "system", "chromium", id="then the system's"),
    ],
)
def test_browsers_are_found_in_order(
    machine: Machine, variable: bool, own: bool, system: bool, origin: str, name: str | None
) -> None:
    machine.own = own
    environ = machine.environ
    if variable:
        environ[VARIABLE] = str(machine.add("mine"))
    if system:
        machine.add("chromium")
    expected = Browser(machine.bin / name if name else None, origin)
    assert browser.find(environ) == expected
    assert browser.ensure(environ) == expected
    assert machine.ran == []


def test_find_installs_nothing(machine: Machine) -> None:
    machine.download_works = True
    assert browser.find(machine.environ) is None
    assert machine.ran == []


@pytest.mark.parametrize(
    ("present", "broken", "found"),
    [
        pytest.param(["chromium", "google-chrome"], [], "google-chrome", id="Chrome first"),
        pytest.param(["chrome", "chromium-browser"], [], "chromium-browser", id="chrome last"),
        pytest.param(["chromium-browser"], ["chromium-browser"], None, id="a snap stub"),
        pytest.param(
            ["chromium-browser", "chrome"], ["chromium-browser"], "chrome", id="past a snap stub"
        ),
        pytest.param(["firefox"], [], None, id="another browser"),
    ],
)
def test_system_browser(
    machine: Machine, present: list[str], broken: list[str], found: str | None
) -> None:
    for name in present:
        machine.add(name)
    machine.broken = tuple(broken)
    expected = Browser(machine.bin / found, "system") if found else None
    assert browser.find(machine.environ) == expected


def test_a_headless_shell_is_for_tests_without_a_window(machine: Machine) -> None:
    shell, whole = machine.add(HEADLESS_SHELL), machine.add("chromium")
    assert browser.find(machine.environ, is_headless=True) == Browser(shell, "system")
    assert browser.find(machine.environ) == Browser(whole, "system")
    machine.broken = (HEADLESS_SHELL,)
    assert browser.find(machine.environ, is_headless=True) == Browser(whole, "system")
    machine.own = True
    assert browser.find(machine.environ, is_headless=True) == Browser(None, "playwright")


def test_a_headless_shell_alone_opens_no_window(machine: Machine) -> None:
    machine.add(HEADLESS_SHELL)
    assert browser.find(machine.environ) is None


def test_apt_installs_a_headless_shell_too(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.set_system(DEBIAN, 0, monkeypatch)
    machine.apt_works = True
    expected = Browser(machine.bin / HEADLESS_SHELL, "system")
    assert browser.ensure(machine.environ, is_headless=True) == expected
    assert (machine.bin / "chromium").exists()


def test_macos_application_folder(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    path = machine.add("Google Chrome")
    monkeypatch.setattr(browser, "MACOS_PLACES", (machine.bin / "absent", path))
    assert browser.find(machine.environ) == Browser(path, "system")


def test_windows_application_folder(machine: Machine) -> None:
    (machine.bin / "Google/Chrome/Application").mkdir(parents=True)
    path = machine.add("Google/Chrome/Application/chrome.exe")
    environ = machine.environ | {"LOCALAPPDATA": str(machine.bin)}
    assert browser.find(environ) == Browser(path, "system")


@pytest.mark.parametrize("mode", [None, 0o644], ids=["absent", "not executable"])
def test_a_variable_that_names_no_executable_is_refused(machine: Machine, mode: int | None) -> None:
    machine.add("chromium")
    path = machine.bin / "mine"
    if mode is not None:
        path.touch(mode=mode)
    sentence = f"{VARIABLE} is set to {path}, which is not an executable file."
    for look in (browser.find, browser.ensure):
        with pytest.raises(BrowserMissing) as refusal:
            look(machine.environ | {VARIABLE: str(path)})
        assert str(refusal.value) == sentence


def test_a_variable_that_names_a_directory_is_refused(machine: Machine) -> None:
    with pytest.raises(BrowserMissing, match="not an executable file"):
        browser.find(machine.environ | {VARIABLE: str(machine.bin)})


def test_an_empty_variable_is_ignored(machine: Machine) -> None:
    path = machine.add("chromium")
    assert browser.find(machine.environ | {VARIABLE: ""}) == Browser(path, "system")


def test_apt_is_not_used_after_a_successful_download(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.set_system(DEBIAN, 0, monkeypatch)
    machine.download_works = True
    assert browser.ensure(machine.environ) == Browser(None, "playwright")
    assert machine.ran == ["playwright install"]


@pytest.mark.parametrize(
    ("release", "user", "apt"),
    [
        pytest.param(DEBIAN, 0, True, id="root on Debian"),
        pytest.param(UBUNTU_CHILD, 0, True, id="root on an Ubuntu derivative"),
        pytest.param(DEBIAN, 1000, False, id="not root"),
        pytest.param(FEDORA, 0, False, id="root on another system"),
    ],
)
def test_apt_is_tried_after_a_failed_download(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    release: dict[str, str],
    user: int,
    apt: bool,
) -> None:
    machine.set_system(release, user, monkeypatch)
    machine.apt_works = True
    if apt:
        expected = Browser(machine.bin / "chromium", "system")
        assert browser.ensure(machine.environ) == expected
        assert machine.ran == ["playwright install", "apt-get update", "apt-get install"]
        assert machine.settings["apt-get install"]["DEBIAN_FRONTEND"] == "noninteractive"
    else:
        with pytest.raises(BrowserMissing) as missing:
            browser.ensure(machine.environ)
        assert str(missing.value) == ADVICE
        assert machine.ran == ["playwright install"]
    assert capfd.readouterr().err.count("\n") == 1


def test_a_failed_apt_prints_the_advice(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.set_system(DEBIAN, 0, monkeypatch)
    with pytest.raises(BrowserMissing) as missing:
        browser.ensure(machine.environ)
    assert str(missing.value) == ADVICE
    assert machine.ran[-1] == "apt-get install"


def test_without_os_release_the_system_is_not_debian(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> dict[str, str]:
        raise FileNotFoundError

    monkeypatch.setattr(platform, "freedesktop_os_release", absent)
    assert not commands.is_debian()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        pytest.param({}, "10000", id="the default"),
        pytest.param({"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "7"}, "7", id="unless given"),
    ],
)
def test_the_download_timeout(machine: Machine, given: dict[str, str], used: str) -> None:
    machine.download_works = True
    browser.ensure(machine.environ | given)
    settings = machine.settings["playwright install"]
    assert settings["PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT"] == used


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param([sys.executable, "-c", ""], True, id="exit 0"),
        pytest.param([sys.executable, "-c", "raise SystemExit(3)"], False, id="exit 3"),
        pytest.param(["/nonexistent/program"], False, id="does not start"),
    ],
)
def test_succeeds(command: list[str], expected: bool) -> None:
    assert commands.succeeds(command, {}, 30) is expected


def test_a_command_that_times_out_is_stopped_with_its_children(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = f"(printf alive; exec sleep 60) > {shlex.quote(str(pipe))}"
    assert not commands.succeeds(["sh", "-c", f"{child} & wait"], {}, 2)
    assert os.read(reader, 100) == b"alive"
    assert select.select([reader], [], [], 10)[0]  # wait until the last writer has exited
    assert os.read(reader, 100) == b""
    os.close(reader)


@pytest.mark.parametrize(
    ("present", "status", "out", "err"),
    [
        pytest.param(True, 0, "end-to-end browser: {bin}/chromium (system)\n", "", id="found"),
        pytest.param(False, 1, "", ADVICE + "\n", id="missing"),
    ],
)
def test_main(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    present: bool,
    status: int,
    out: str,
    err: str,
) -> None:
    monkeypatch.setattr("os.environ", machine.environ)
    if present:
        machine.add("chromium")
    assert browser.main() == status
    captured = capsys.readouterr()
    assert captured.out == out.format(bin=machine.bin)
    assert captured.err.endswith(err)
