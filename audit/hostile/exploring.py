"""What is known of a shop: walked through as a visitor, its links and forms give each route values
that it accepts, so that not every hostile request ends at the first check."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from justhtml import JustHTML
from justhtml.dom import Element
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from audit.hostile.wire import Received, Send, Sent

Pairs = tuple[tuple[str, str], ...]
OWN_HOSTS = ("127.0.0.1", "localhost")
FORM = "application/x-www-form-urlencoded"
LINKS = {"href": "", "src": "", "value": "input[readonly]"}
"""The attributes of a page that hold addresses, and of which elements."""
MOST_SAMPLES = 12
"""Of one route and method."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that a page of the shop offers: values of its path, its query and its form."""

    values: Mapping[str, Any]
    query: Pairs = ()
    form: Pairs = ()


@dataclass(slots=True)
class Visitor:
    """A browser without a window: it keeps cookies, whatever their path."""

    send: Send
    held: dict[str, str] = field(default_factory=dict)

    def get(self, target: str) -> Received:
        return self._keep(self.send(Sent("GET", target, (self.cookies(),))))

    def post(self, target: str, form: Iterable[tuple[str, str]]) -> Received:
        own_page = ("Sec-Fetch-Site", "same-origin")
        headers = (self.cookies(), ("Content-Type", FORM), own_page)
        return self._keep(self.send(Sent("POST", target, headers, urlencode(list(form)).encode())))

    def cookies(self) -> tuple[str, str]:
        return "Cookie", "; ".join(f"{name}={value}" for name, value in self.held.items())

    def _keep(self, received: Received) -> Received:
        for header in received.all("set-cookie"):
            name, value, is_deleted = cookie_of(header)
            if is_deleted:
                self.held.pop(name, None)
            else:
                self.held[name] = value
        return received


@dataclass(slots=True)
class Known:
    """All that was seen: requests by endpoint and method, names and values of fields, tokens of
    forms, and names of fields for files."""

    samples: dict[tuple[str, str], list[Sample]] = field(default_factory=lambda: defaultdict(list))
    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def of(self, endpoint: str, method: str) -> list[Sample]:
        """Samples of a route; those of its other methods when there are none of this one."""
        own = self.samples.get((endpoint, method))
        any_method = (each for (name, _), each in self.samples.items() if name == endpoint)
        return own or next(any_method, [])

    def names_of(self, endpoint: str) -> list[str]:
        """The names of all fields that a route is known to read, by whatever method."""
        samples = (each for (name, _), each in self.samples.items() if name == endpoint)
        pairs = (
            pair for sample in chain.from_iterable(samples) for pair in sample.query + sample.form
        )
        return sorted({name for name, _ in pairs})

    def note(self, endpoint: str, method: str, sample: Sample) -> None:
        known = self.samples[endpoint, method]
        if sample not in known and len(known) < MOST_SAMPLES:
            known.append(sample)
        for name, value in (*sample.query, *sample.form):
            self.names.add(name)
            (self.tokens if name == "csrf_token" else self.values).add(value)


def explore(visitor: Visitor, url_map: Map, starts: Iterable[str], *, pages: int) -> Known:
    """Follows the links of these addresses, and notes all forms: at most this many pages of each
    route."""
    known = Known()
    waiting = deque(starts)
    seen = set(waiting)
    reads: dict[str, int] = defaultdict(int)
    while waiting:
        target = waiting.popleft()
        endpoint = _noted(known, url_map, "GET", target, ())
        if endpoint is None or reads[endpoint] >= pages:
            continue
        reads[endpoint] += 1
        received = visitor.get(target)
        if received.status in (301, 302, 303, 308):
            found = [_below(target, received.header("location"))]
        elif received.header("content-type").startswith("text/html"):
            found = read_page(known, url_map, target, received.body.decode("utf-8"))
        else:
            continue
        for address in found:
            if address.startswith("/") and address not in seen:
                seen.add(address)
                waiting.append(address)
    return known


def read_page(known: Known, url_map: Map, target: str, html: str) -> list[str]:
    """Notes the forms of a page, and returns the addresses that it leads to."""
    page = JustHTML(html, sanitize=False)
    known.files |= {str(each.attrs["name"]) for each in _all(page, "input[type=file]")}
    for form in _all(page, "form"):
        method = str(form.attrs.get("method") or "get").upper()
        action = _below(target, str(form.attrs.get("action") or target))
        fields = (*_fields(form), *map(_pair, _all(form, "button[name]")))
        _noted(known, url_map, method, action, fields)
        for button in _all(form, "button[formaction]"):
            _noted(known, url_map, method, _below(target, str(button.attrs["formaction"])), fields)
    return [
        _below(target, str(element.attrs[name] or ""))
        for name, selector in LINKS.items()
        for element in _all(page, f"{selector}[{name}]")
    ]


def fields_of(html: str, action: str) -> dict[str, str]:
    """The fields of the form that leads to this path, with the values that it shows."""
    page = JustHTML(html, sanitize=False)
    (form, *_) = (each for each in _all(page, "form") if each.attrs.get("action") == action)
    return dict(_fields(form))


def choices(html: str, name: str) -> list[str]:
    """The values of the radio buttons of this name."""
    buttons = _all(JustHTML(html, sanitize=False), f"input[type=radio][name={name}]")
    return [str(button.attrs["value"]) for button in buttons]


def cookie_of(header: str) -> tuple[str, str, bool]:
    """Name and value of a Set-Cookie header, and whether it deletes the cookie."""
    name, _, rest = header.partition("=")
    value, _, attributes = rest.partition(";")
    try:
        lives = SimpleCookie(f"a=a;{attributes}")["a"]["max-age"] != "0"
    except (CookieError, KeyError):
        lives = True
    return name, value, not lives or "01 Jan 1970" in attributes


def _noted(known: Known, url_map: Map, method: str, target: str, form: Pairs) -> str | None:
    parts = urlsplit(target)
    try:
        endpoint, values = url_map.bind("127.0.0.1").match(parts.path, method)
    except (HTTPException, RequestRedirect):
        return None
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    fields = (query, form) if method == "POST" else ((*query, *form), ())
    known.note(str(endpoint), method, Sample(values, *fields))
    return str(endpoint)


def _fields(form: Element) -> Iterable[tuple[str, str]]:
    for each in _all(form, "input[name], textarea[name], select[name]"):
        kind = each.attrs.get("type")
        is_off = kind in ("radio", "checkbox") and "checked" not in each.attrs
        if not is_off and kind not in ("submit", "file"):
            yield _pair(each)


def _pair(element: Element) -> tuple[str, str]:
    value = element.attrs.get("value")
    if value is None and element.name == "select":
        options = _all(element, "option[selected]") or _all(element, "option")
        value = options[0].attrs.get("value") if options else ""
    if value is None:
        value = element.to_text() if element.name == "textarea" else ""
    return str(element.attrs["name"]), str(value)


def _all(within: JustHTML | Element, selector: str) -> list[Element]:
    return [node for node in within.query(selector) if isinstance(node, Element)]


def _below(target: str, address: str) -> str:
    """An address of a page as a path and query; empty when it leads to another host."""
    parts = urlsplit(urljoin(f"http://localhost{target}", address))
    if parts.scheme not in ("http", "https") or parts.hostname not in OWN_HOSTS:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
