"""How much the shop sends, how it is compressed and cached, and whether pages shift on load."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page
from tqdm import tqdm

from audit.report import Findings, Group, at_most, is_zero
from e2e.support.demo_shop import Failed, Look, Stage, load_pictures
from e2e.support.scripts import script
from e2e.support.server import PROJECT
from e2e.support.subjects import MEASURED, Subject
from shop.web.site.assets import STYLES, Assets

STATIC = PROJECT / "shop" / "static"
LIMITS = {"js": 14_000, "css": 28_000, "js/lab": 14_000, "css/lab": 28_000}
"""Bytes of style sheets and scripts as they are served, not compressed: the shop's, on every page;
the laboratory's, on its own pages only."""
HOME_LIMIT = 120_000
LOOKS = (Look(360, density=2), Look(1280))
TEXTS = (
    "text/",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
)
PACKED = ("br", "zstd", "gzip")
LONG_SECONDS = 30 * 86_400


@dataclass(slots=True)
class Answer:
    """The response to one request: its address, headers, and bytes on the wire."""

    address: str
    headers: dict[str, str]
    size_bytes: float = 0
    is_whole: bool = False


@dataclass(slots=True)
class Traffic:
    """All requests of a page, by the browser's request id."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", lambda event: self._begin(event))
        session.on("Network.loadingFinished", lambda event: self._end(event))
        session.on("Network.loadingFailed", lambda event: self._end(event))
        session.send("Network.enable")

    def _begin(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if response["url"].startswith("http"):
            headers = {name.lower(): value for name, value in response["headers"].items()}
            self.answers[event["requestId"]] = Answer(response["url"], headers)

    def _end(self, event: dict[str, Any]) -> None:
        answer = self.answers.get(event["requestId"])
        if answer:
            answer.size_bytes = event.get("encodedDataLength", 0)
            answer.is_whole = True

    @property
    def is_whole(self) -> bool:
        return all(answer.is_whole for answer in self.answers.values())

    @property
    def size_bytes(self) -> float:
        return sum(answer.size_bytes for answer in self.answers.values())


def measure(stage: Stage, subjects: list[Subject]) -> Group:
    """The sizes of files, and the bytes and layout shifts of pages opened with an empty cache."""
    served = Assets.of(STATIC)
    figures = [
        at_most(f"static/{folder}", size_bytes(served, folder), limit, " bytes")
        for folder, limit in LIMITS.items()
    ]
    findings: Findings = {}
    answers: dict[str, Answer] = {}
    visits = [(each, look) for each in subjects if each.name in MEASURED for look in LOOKS]
    for subject, look in tqdm(visits, desc="weight", disable=None, leave=False):
        label = f"{subject.name} at {look.width}"
        try:
            traffic, shift = _visit(stage, subject, look)
        except Failed as failed:
            figures.append(is_zero(label, 1))
            findings[label] = [str(failed)]
            continue
        figures.append(is_zero(f"{label}, layout shift", round(shift, 4)))
        if subject.name == "home":
            figures.append(
                at_most(f"{label}, transferred", traffic.size_bytes, HOME_LIMIT, " bytes")
            )
        answers |= {urlsplit(each.address).path: each for each in traffic.answers.values()}
    for what, is_right in (("not compressed", is_packed), ("not kept by caches", is_kept)):
        wrong = [path for path, answer in answers.items() if not is_right(path, answer.headers)]
        label = f"answers {what}, of {len(answers)}"
        figures.append(is_zero(label, len(wrong)))
        findings[label] = wrong
    return Group("Weight", figures, findings)


def size_bytes(served: Assets, folder: str) -> int:
    """What the scripts or style sheets of a folder take as they are served, before compression."""
    names = [name for name in served.texts if PurePath(name).parent == PurePath(folder)]
    return sum(len(served.texts[name]) for name in names if name != STYLES)  # which has the others


def is_packed(_: str, headers: dict[str, str]) -> bool:
    """Whether a response that is text is compressed."""
    is_text = headers.get("content-type", "").startswith(TEXTS)
    return not is_text or headers.get("content-encoding") in PACKED


def is_kept(path: str, headers: dict[str, str]) -> bool:
    """Whether a response that is a file may be cached for a month or more."""
    return not path.startswith("/static/") or is_kept_long(headers.get("cache-control", ""))


def is_kept_long(cache_control: str) -> bool:
    """Whether a browser may keep this for at least a month without revalidating."""
    directives = dict(
        directive.strip().lower().partition("=")[::2] for directive in cache_control.split(",")
    )
    seconds = directives.get("max-age", "")
    return "immutable" in directives and seconds.isdecimal() and int(seconds) >= LONG_SECONDS


def _visit(stage: Stage, subject: Subject, look: Look) -> tuple[Traffic, float]:
    traffic = Traffic()
    with stage.page(look) as page:
        traffic.watch(page)
        stage.arrange(page, subject)
        page.wait_for_load_state("networkidle")
        load_pictures(page)
        while not traffic.is_whole:
            page.wait_for_timeout(20)
        return traffic, float(page.evaluate(script("layout-shifts")))
