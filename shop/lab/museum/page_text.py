"""What a shopper sees of a cart page: the words of its HTML, as they stand there."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_UNSEEN = frozenset({"head", "header", "footer", "dialog", "button"})
_SAYING = frozenset({"notice", "state", "empty", "field-error", "error"})
"""Classes of what a page says of a cart, good or bad."""
_NOTES = frozenset({"line-message", "line-news"})
"""Classes of what stands below the name of a line."""
_HEARD = frozenset({"said", "cell", "dt", "dd"})
MOST_LINES = 3
"""Of a page that are read, and shown in the museum."""
_LINE = "<tr data-line="
_CELLS = 4
"""Product, price, quantity and total; the fifth cell of a line is a button."""

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Notices and alerts, the cells of the first lines, how many lines there are in all, and
    the sums with their names."""

    said: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    count: int
    sums: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, html: str) -> Seen:
        """Reads a page of the shop; white space is collapsed."""
        reader = _Reader()
        reader.feed(_shortened(html))
        reader.close()
        texts = reader.texts
        return cls(
            said=tuple(texts["said"]),
            lines=tuple(tuple(cells[:_CELLS]) for cells in reader.lines),
            count=html.count(_LINE),
            sums=tuple(zip(texts["dt"], texts["dd"], strict=True)),
        )

    @property
    def lines_left_out(self) -> int:
        return self.count - len(self.lines)

    def says(self, words: str) -> bool:
        return any(words in text for text in self.said)

    def line_of(self, words: str) -> tuple[str, ...]:
        """The first line that has these words; empty when there is none."""
        return next((line for line in self.lines if words in " ".join(line)), ())


def _shortened(html: str) -> str:
    # A full cart has hundreds of lines, and reading one takes as long as drawing ten.
    before, *lines = html.split(_LINE)
    if len(lines) <= MOST_LINES:
        return html
    shown = _LINE.join([before, *lines[:MOST_LINES]]).rpartition("</tr>")
    return "".join(shown[:2]) + lines[-1].partition("</tr>")[2]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"said": [], "dt": [], "dd": []}
        self.lines: list[list[str]] = []
        self._open: list[str] = []
        self._heard: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "text":
            self.handle_data(given.get("value") or "")
        if tag in _VOID:
            return
        if tag == "tr" and "data-line" in given:
            self.lines.append([])
        self._open.append(self._kind(tag, given))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        kind = self._open.pop()
        if kind in _HEARD:
            texts = self.lines[-1] if kind == "cell" else self.texts[kind]
            texts.append(" ".join(" ".join(self._heard).split()))
            self._heard = []

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        pass  # a part of a drawing

    def handle_data(self, data: str) -> None:
        if "hidden" not in self._open and not _HEARD.isdisjoint(self._open):
            self._heard.append(data)

    def _kind(self, tag: str, given: dict[str, str | None]) -> str:
        classes = set((given.get("class") or "").split())
        if "hidden" in self._open:
            return ""
        if tag in _UNSEEN or "aria-hidden" in given or "quiet" in classes:
            return "hidden"
        if not _HEARD.isdisjoint(self._open):
            self._heard += [] if classes.isdisjoint(_NOTES) else ["·"]
            return ""
        if not classes.isdisjoint(_SAYING) or given.get("role") == "alert":
            return "said"
        if tag in ("th", "td"):
            return "cell" if "line" in self._open else ""
        if tag == "tr":
            return "line" if "data-line" in given else ""
        return tag if tag in ("dt", "dd") else ""
