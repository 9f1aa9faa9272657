"""A browser's cookie jar as a model, with limits of one's own choosing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Browser:
    """A cookie jar for one host, with limits of one's own choosing."""

    largest: int = 4096
    attribute: int = 1024
    most: int = 180
    left: int = 150
    counts_attributes: bool = False
    too_long_deletes: bool = False
    honours_priority: bool = True
    others: int = 2
    kept: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    def take(self, text: str, at: str) -> None:
        """Keeps what a Set-Cookie line of the response from this path says."""
        pair, *rest = text.split("; ")
        name, _, value = pair.partition("=")
        given = dict(part.partition("=")[::2] for part in rest)
        given = {key: found for key, found in given.items() if len(found) <= self.attribute}
        path = given.get("Path", at.rpartition("/")[0])
        if any(mark < " " or mark == "\x7f" for mark in value):
            return
        if len(name + value) > self.largest or (
            self.counts_attributes and len(text) > self.largest
        ):
            if self.too_long_deletes:
                self.kept.pop((name, path), None)
            return
        prefix = name.lower()
        if prefix.startswith("__host-") and ("Secure" not in given or given.get("Path") != "/"):
            return
        if prefix.startswith("__secure-") and "Secure" not in given:
            return
        if "-http-" in prefix.replace("__", "-") and "HttpOnly" not in given:
            return
        if given.get("Max-Age", "1").strip("0") == "":
            self.kept.pop((name, path), None)
            return
        is_high = self.honours_priority and given.get("Priority") == "High"
        self.kept.pop((name, path), None)  # one that is written anew is the youngest
        self.kept[(name, path)] = (value, is_high)
        self._evict()

    def sent_to(self, path: str) -> list[tuple[str, str]]:
        """Name and value of each cookie that a request to this path brings."""
        ours = [
            (name, value)
            for (name, there), (value, _) in self.kept.items()
            if there == "/" or path == there or path.startswith(f"{there}/")
        ]
        return [*ours, *((f"other{number}", "1") for number in range(self.others))]

    def _evict(self) -> None:
        if len(self.kept) + self.others <= self.most:
            return
        for key in [key for key, (_, is_high) in self.kept.items() if not is_high]:
            if len(self.kept) + self.others <= self.left:
                break
            del self.kept[key]
