"""A test client through which every response passes a linter."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask.testing import FlaskClient
from justhtml import JustHTML, ParseError
from werkzeug.test import TestResponse

from e2e.support import demo_customer
from shop.web.site.logs import REQUEST_ID
from tests.integration.markup import Element

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CART_NAMES = ("cart", "__Host-cart")
LIMIT_BYTES = 4096
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""The whole Content-Security-Policy of every response, directive by directive."""
REQUIRED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REPEATABLE = ("Set-Cookie", "Vary", "Content-Security-Policy")
"""Headers that may occur more than once; if there are several policies, each applies."""
DATA = "application/ld+json"
"""A script element of this type is data: it never runs, so no policy has to allow it."""
TOKEN_PAGE = "/orders/find"
"""A page that is never public, and so has a form with a token, whatever the cart."""
OPEN_FORM = "/cart/lines"
"""Where a form of a public page leads, and the only one that may have no token."""
PERSONAL = ' data-personal="'
"""An attribute that public pages have, and no others: its script asks for what is personal."""
MARKUP = """</title></textarea></script><b data-evil>x</b>" data-evil="'&amp;"""
"""A text that becomes an element or an attribute wherever it is not escaped."""
CSRF_FIELD = re.compile(r'<input type="hidden" name="csrf_token" value="([\w.-]+)">')
"""How the shop writes a CSRF token. Pages that differ only in these are the same to the linter."""

CUSTOMER = demo_customer.FIELDS

_clean: set[bytes] = set()


class LintingClient(FlaskClient):
    """Fails on every response that breaks one of the shop's rules.

    A GET may not write the cart cookie, unless the test says so with `may_write_cart`.
    """

    base_url = "http://localhost"
    raw_cookies = ""
    """Cookies to send verbatim, after those from the jar."""
    policy = POLICY
    """The policy to expect: a shop with a payment provider allows forms to lead to it."""
    _may_write_cart = False
    _token = ""

    @contextmanager
    def may_write_cart(self) -> Iterator[None]:
        self._may_write_cart = True
        yield
        self._may_write_cart = False

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # closes the static file that was read
        if isinstance(args[0], str):
            kwargs.setdefault("base_url", self.base_url)
        response = super().open(*args, **kwargs)
        complaints = response_complaints(response) + policy_complaints(response, self.policy)
        if response.request.method in ("GET", "HEAD") and not self._may_write_cart:
            complaints += [f"a GET writes {header}" for header in cart_headers(response)]
        is_plain = "Content-Encoding" not in response.headers
        if response.mimetype == "text/html" and is_plain and response.text:
            complaints += page_complaints(response.text)
            if is_public(response) != (PERSONAL in response.text):
                complaints.append("not public in its headers and in its markup")
        request = f"{response.request.method} {response.request.path} -> {response.status}"
        assert not complaints, f"{request}: {complaints}"
        return response

    @property
    def token(self) -> str:
        """The CSRF token of a form, read once from a page, as in a tab that stays open."""
        if not self._token:
            self._token = csrf_token(self.get(TOKEN_PAGE).text)
        return self._token

    def forget_token(self) -> None:
        self._token = ""

    def send(self, address: str, /, **fields: object) -> TestResponse:
        """Posts a form with its CSRF token, and the Referer that a browser sends on https."""
        sent = {"csrf_token": self.token} | {name: str(field) for name, field in fields.items()}
        return self.post(address, data=sent, headers={"Referer": f"{self.base_url}/"})

    def add(self, sku: str, quantity: object = 1) -> TestResponse:
        return self.send("/cart/lines", sku=sku, quantity=quantity)

    def cart_value(self, name: str = "cart") -> str | None:
        """The value of the cart cookie that this browser keeps."""
        kept = self.get_cookie(name)
        return kept.value if kept else None

    def _add_cookies_to_wsgi(self, environ: WSGIEnvironment) -> None:
        super()._add_cookies_to_wsgi(environ)
        both = (environ.get("HTTP_COOKIE"), self.raw_cookies)
        environ["HTTP_COOKIE"] = "; ".join(filter(None, both))


@lru_cache(maxsize=8)  # the linter has just parsed what a test asks about
def parsed(html: str) -> Element:
    """The tree of a page."""
    return Element.page(html)


def elements(within: Element, selector: str) -> list[Element]:
    return within.query(selector)


def attributes(element: Element) -> dict[str, str]:
    return element.attrs


def text_of(html: str, selector: str) -> str:
    """The text of the only matching element, with white space collapsed."""
    (element,) = elements(parsed(html), selector)
    return " ".join(element.to_text().split())


def pairs(html: str) -> dict[str, str]:
    """The amounts of a cart, a checkout or an order, by label."""
    page = parsed(html)
    names, figures = elements(page, "dl.totals dt"), elements(page, "dl.totals dd")
    return {a.to_text(): b.to_text() for a, b in zip(names, figures, strict=True)}


def csrf_token(html: str) -> str:
    """The token of the first form that has one."""
    found = CSRF_FIELD.search(html)
    assert found, "no CSRF token"
    return found[1]


def field_value(html: str, name: str) -> str:
    """The value of the first field with this name."""
    return attributes(elements(parsed(html), f"[name={name}]")[0])["value"] or ""


def cart_headers(response: TestResponse) -> list[str]:
    """The Set-Cookie headers of the cart, under its plain or its secure name."""
    headers = response.headers.getlist("Set-Cookie")
    return [header for header in headers if header.partition("=")[0] in CART_NAMES]


def cart_deletions(response: TestResponse) -> list[str]:
    return [header for header in cart_headers(response) if "; Max-Age=0" in header]


def response_complaints(response: TestResponse) -> list[str]:
    """What is wrong with the headers."""
    complaints = [
        f"{name} is not {value}"
        for name, value in REQUIRED_HEADERS.items()
        if response.headers.getlist(name) != [value]
    ]
    complaints += [
        f"{name} stands there twice"
        for name, count in Counter(name for name, _ in response.headers).items()
        if count > 1 and name not in REPEATABLE
    ]
    if response.mimetype == "text/html":
        complaints += _cache_complaints(response)
    is_kept_out = bool({"private", "no-store"} & _cache_directives(response))
    if is_kept_out != bool(response.headers.get(REQUEST_ID)):
        complaints.append("private without the id of its request, or the other way round")
    for header in cart_headers(response):
        complaints += _cookie_complaints(header)
    return complaints


def is_public(response: TestResponse) -> bool:
    """Whether caches may keep a response for everybody."""
    return "public" in _cache_directives(response)


def _cache_complaints(response: TestResponse) -> list[str]:
    varies = "Cookie" in ", ".join(response.headers.getlist("Vary")).split(", ")
    if not is_public(response):
        is_kept_out = {"private", "no-store"} & _cache_directives(response)
        return ["no Vary: Cookie"] * (not varies) + ["a cache may keep it"] * (not is_kept_out)
    complaints = ["a public page varies by cookie"] * varies
    complaints += ["a public page sets a cookie"] * ("Set-Cookie" in response.headers)
    complaints += ["a public page without ETag"] * ("ETag" not in response.headers)
    return complaints


def policy_complaints(response: TestResponse, expected: Mapping[str, str]) -> list[str]:
    """Each directive of the Content-Security-Policy that is not as expected. A second policy may
    only forbid more, so one of them has to be the whole policy."""
    policies = [
        dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))
        for policy in response.headers.getlist("Content-Security-Policy")
    ]
    policy = next((policy for policy in policies if "default-src" in policy), {})
    return [
        f"the policy has {name} {policy.get(name)}"
        for name in sorted(expected.keys() | policy.keys())
        if policy.get(name) != expected.get(name)
    ]


def page_complaints(html: str) -> list[str]:
    """What is wrong with a page. A page that was clean once is not parsed again."""
    digest = hashlib.sha256(CSRF_FIELD.sub("<token>", html).encode()).digest()
    if digest in _clean:
        return []
    complaints = [f"parse error: {error}" for error in _errors(html)]
    complaints += _page_complaints(parsed(html), is_public_page=PERSONAL in html)
    if not complaints:
        _clean.add(digest)
    return complaints


def _errors(html: str) -> list[ParseError]:
    return JustHTML(html, sanitize=False, collect_errors=True).errors


def _page_complaints(page: Element, *, is_public_page: bool) -> list[str]:
    all_elements = elements(page, "*")
    by_name: dict[str, list[Element]] = defaultdict(list)
    for element in all_elements:
        by_name[element.name].append(element)
    complaints = ["a template, into which the linter does not look"] * len(by_name["template"])
    if len(by_name["h1"]) != 1:
        complaints.append(f"{len(by_name['h1'])} h1")
    if any("data-evil" in attributes(element) for element in all_elements):
        complaints.append("markup of a person")
    if not all(attributes(root).get("lang") for root in by_name["html"]):
        complaints.append("no lang")
    ids = Counter(each["id"] for each in map(attributes, all_elements) if "id" in each)
    complaints += [f"id {name} stands there twice" for name, count in ids.items() if count > 1]
    for form in by_name["form"]:
        complaints += _form_complaints(form, is_public_page=is_public_page)
    for image in by_name["img"]:
        if "alt" not in attributes(image):
            complaints.append("no alt")
    scripts = [attributes(script) for script in by_name["script"]]
    is_inline = ["src" not in script and script.get("type") != DATA for script in scripts]
    if by_name["style"] or any(is_inline):
        complaints.append("inline style or script")
    fields = [*by_name["input"], *by_name["select"], *by_name["textarea"]]
    complaints += _label_complaints(by_name["label"], fields)
    return complaints + _attribute_complaints(all_elements)


def _form_complaints(form: Element, *, is_public_page: bool) -> list[str]:
    tokens = elements(form, "input[name=csrf_token]")
    if is_public_page and tokens:
        return ["a CSRF token on a public page"]
    if (attributes(form).get("method") or "").lower() != "post":
        return ["a CSRF token in an address"] if tokens else []
    action = attributes(form).get("action") or ""
    is_open = is_public_page and action.endswith(OPEN_FORM)
    if is_open or any(attributes(token).get("value") for token in tokens):
        return []
    return [f"no CSRF token in the form to {action}"]


def _label_complaints(labels: list[Element], fields: list[Element]) -> list[str]:
    labelled = {attributes(label).get("for") for label in labels if label.to_text().strip()}
    return [
        f"no label for {field}"
        for field in map(attributes, fields)
        if field.get("type") != "hidden"
        and not field.get("aria-label")
        and (field.get("id") is None or field["id"] not in labelled)
    ]


def _attribute_complaints(all_elements: list[Element]) -> list[str]:
    complaints = []
    for element in all_elements:
        for name, value in attributes(element).items():
            if name == "style" or name.startswith("on"):
                complaints.append(f"attribute {name}")
            if name in ("href", "src", "action") and (value or "").startswith("javascript:"):
                complaints.append(f"script in {name}")
    return complaints


def _cache_directives(response: TestResponse) -> set[str]:
    return set(re.split(", *", response.headers.get("Cache-Control", "")))


def _cookie_complaints(header: str) -> list[str]:
    pair, *attributes = header.split("; ")
    name, _, value = pair.partition("=")
    expected = {"Path", "HttpOnly", "SameSite", "Priority", "Max-Age"}
    if name.startswith("__Host-"):
        expected.add("Secure")
    given = dict(attribute.partition("=")[::2] for attribute in attributes)
    complaints = []
    if set(given) != expected or len(attributes) != len(expected):
        complaints.append(f"attributes {sorted(given)} of {name}")
    if (given.get("SameSite"), given.get("Priority")) != ("Lax", "High"):
        complaints.append(f"SameSite or Priority of {name}")
    if given.get("Path") != "/" and given.get("Max-Age") != "0":
        complaints.append(f"Path of {name}")
    if not re.fullmatch(r"\d{1,8}", given.get("Max-Age", "")):
        complaints.append(f"Max-Age of {name}")
    if len(name) + len(value) > LIMIT_BYTES:
        complaints.append(f"{len(name) + len(value)} bytes")
    if not re.fullmatch(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*", value):
        complaints.append(f"a value of {name} that is quoted or not cookie-octets")
    return complaints
