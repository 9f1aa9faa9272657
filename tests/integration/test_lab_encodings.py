"""The laboratory's comparison of encodings, and its unguarded cart."""

from __future__ import annotations

import re

import pytest

from shop.lab.encodings import unguarded
from shop.lab.encodings.encodings import ENCODINGS
from tests.conftest import Opener, OpenShop
from tests.drawn import Drawn
from tests.integration.carts import altered, held, numbered
from tests.integration.client import (
    LIMIT_BYTES,
    LintingClient,
    attributes,
    elements,
    parsed,
    text_of,
)

ADDRESS = "/limits"
UNGUARDED = "/limits/unguarded"
HELD = {"MUG": 2, "PENCIL": 1, "SALT-PIG": 3}


def rows(html: str, table: str) -> list[list[str]]:
    """The cells of each row in a table's body, without the letters of the encodings."""
    table_rows = elements(parsed(html), f"{table} tbody tr")
    return [
        [
            " ".join(cell.to_text().split()).removeprefix(f"{letter} ")
            for cell in elements(row, "th, td")
        ]
        for row, letter in zip(table_rows, "ABCDEFG", strict=False)
    ]


def cart_figures(html: str) -> dict[str, list[str]]:
    """The page's figures on the visitor's cart: bytes, kept or not, lines that fit."""
    return {title: cells for title, *cells in rows(html, "table.ways")}


def number(words: str) -> int:
    return int(words.replace(",", ""))


def test_without_a_cart_only_the_growth_is_compared(visitor: LintingClient) -> None:
    page = visitor.get(ADDRESS).text
    figures = cart_figures(page)
    assert list(figures) == [encoding.title for encoding in ENCODINGS]
    assert all(len(cells) == 1 for cells in figures.values())
    assert number(figures["This shop"][0]) > 5 * number(figures["Flask session, everything"][0])
    assert "trace yours" not in page


def test_the_bytes_are_those_of_the_visitors_cart(shop: OpenShop, visitor: LintingClient) -> None:
    value = shop.cookie(HELD)
    visitor.set_cookie("cart", value)
    figures = cart_figures(visitor.get(ADDRESS).text)
    assert figures["This shop"][:2] == [str(len("cart") + len(value)), "keeps it"]
    pairs = "MUG*2!PENCIL!SALT-PIG*3"
    assert figures["Pairs, signed"][0] == str(len("cart") + len(pairs) + len(".") + 27)
    json = '{"MUG":2,"PENCIL":1,"SALT-PIG":3}'
    quotes, commas = json.count('"'), json.count(",")
    assert figures["JSON, quoted by Werkzeug"][0] == str(4 + len(json) + quotes + 3 * commas + 2)


def test_on_https_the_bytes_include_the_host_prefix(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="https://localhost")
    value = shop.cookie(HELD, name="__Host-cart")
    visitor.raw_cookies = f"__Host-cart={value}"
    figures = cart_figures(visitor.get(ADDRESS).text)
    assert figures["This shop"][0] == str(len("__Host-cart") + len(value))


def test_a_full_cart_fits_only_this_shops_encoding_and_the_bound(
    shop: OpenShop, visitor: LintingClient
) -> None:
    assert visitor.send("/limits/cart/fill").status_code == 303
    page = visitor.get(ADDRESS).text
    figures = cart_figures(page)
    kept = {title: cells[1] for title, cells in figures.items()}
    keeping = {title for title, word in kept.items() if word == "keeps it"}
    assert keeping == {"This shop", "The bound"}
    assert number(figures["This shop"][0]) == LIMIT_BYTES
    lines = len(held(visitor))
    assert number(figures["This shop"][2]) == lines
    assert "trace yours" not in page  # it would be beyond the right edge


def test_the_lines_that_fit_match_those_that_can_be_added(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    before = visitor.get(ADDRESS).text
    more = re.search(r"<strong>([\d,]+) more lines fit</strong>", before)
    assert more is not None
    assert number(cart_figures(before)["This shop"][2]) == number(more[1]) + len(HELD)


def test_the_table_agrees_with_the_visitors_figures(visitor: LintingClient) -> None:
    visitor.send("/limits/cart/lines", count="10")
    page = visitor.get(ADDRESS).text
    table = {title: cells for title, *cells in rows(page, "table.encodings-figures")}
    for title, cells in cart_figures(page).items():
        assert table[title][1] == cells[0]  # the column for ten lines, as in the cart
    over = elements(parsed(page), "table.encodings-figures td.over")
    assert over
    assert all(number(cell.to_text()) > LIMIT_BYTES for cell in over)


def test_the_chart_has_an_accessible_name(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    page = visitor.get(ADDRESS).text
    (chart,) = elements(parsed(page), "svg.line-chart")
    assert attributes(chart)["role"] == "img"
    names = [
        text_of(page, f"#{name}") for name in (attributes(chart)["aria-labelledby"] or "").split()
    ]
    assert names[0] == "Bytes of a cart against its lines"
    assert "The table below has the figures." in names[1]
    for encoding in ENCODINGS:
        assert f'class="trace {encoding.key}"' in page
        assert f'class="badge {encoding.key}"' in page
    assert 'class="trace limit"' in page
    assert 'class="trace yours"' in page
    assert "<style" not in page


def test_the_chart_shows_the_figures_of_the_table(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    page = visitor.get(ADDRESS).text
    (svg,) = re.findall(r"<svg[^>]*line-chart.*?</svg>", page, re.DOTALL)
    (chart,) = Drawn.read(svg)
    start, top = chart.across["0"], chart.up["0"]
    a_line = (chart.across["300"] - start) / 300
    a_byte = (chart.up["8,192"] - top) / 8192
    assert {up for _, up in chart.curves["limit"]} == {chart.up["4,096"]}
    assert [(across - start) / a_line for across, _ in chart.curves["yours"]] == pytest.approx(
        [len(HELD)] * 2, abs=0.1
    )
    drawn = 0
    for encoding, cells in zip(ENCODINGS, rows(page, "table.encodings-figures"), strict=True):
        points = {
            round((across - start) / a_line): (up - top) / a_byte
            for across, up in chart.curves[encoding.key]
        }
        for count, byte_count in zip(
            (1, 10, 50, 100, 200, 300), map(number, cells[1:]), strict=True
        ):
            if byte_count <= 8192:
                drawn += 1
                assert points[count] == pytest.approx(byte_count, abs=3), (encoding.key, count)
    assert drawn > 30


def test_the_bound_depends_on_the_number_of_products(
    shop: OpenShop, visitor: LintingClient
) -> None:
    (first,), (second,) = shop.sql("select sku from products where number in (1, 2)")
    visitor.set_cookie("cart", shop.cookie({first: 1, second: 1}))
    # For 63 products: log2(63 * 62) + log2(400 * 86,400) + 128 = 165.0 bits, 6.49 per character.
    assert cart_figures(visitor.get(ADDRESS).text)["The bound"][0] == str(len("cart") + 26)


def test_the_comparison_works_without_products(open_shop: Opener) -> None:
    shop = open_shop()
    value = shop.cookie(HELD)
    shop.sql("delete from products")
    visitor = shop.visitor()
    assert len(cart_figures(visitor.get(ADDRESS).text)) == len(ENCODINGS)
    visitor.set_cookie("cart", value)
    assert cart_figures(visitor.get(ADDRESS).text)["This shop"][0] == str(len("cart") + len(value))


def test_the_comparison_ignores_the_budget(open_shop: Opener) -> None:
    figures = cart_figures(open_shop(SHOP_CART_BUDGET_BYTES="2048").visitor().get(ADDRESS).text)
    assert figures == cart_figures(open_shop().visitor().get(ADDRESS).text)


# The unguarded cart


def unguarded_headers(headers: list[str]) -> list[str]:
    return [header for header in headers if not header.startswith("session=")]


def add_and_compare(visitor: LintingClient, count: object) -> list[list[str]]:
    """Adds this many lines, and returns the table that compares what was sent and received."""
    response = visitor.send(UNGUARDED, count=count)
    assert response.status_code == 303
    return rows(visitor.get(response.location or "").text, "table")


def test_a_short_unguarded_cart_is_kept(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    response = visitor.send(UNGUARDED, count=10)
    (header,) = unguarded_headers(response.headers.getlist("Set-Cookie"))
    name, value = header.partition("; ")[0].split("=", 1)
    assert set(header.split("; ")[1:]) == {
        f"Path={UNGUARDED}", "Max-Age=600", "HttpOnly", "SameSite=Lax", "Priority=High",
    }  # fmt: skip
    page = visitor.get(response.location or "").text
    byte_count = f"{len(name + value)}"
    assert rows(page, "table") == [
        ["Lines", "10", "10"],
        ["Bytes of name and value", byte_count, byte_count],
    ]
    assert "10 lines added." in page
    assert "The browser kept it." in page
    assert held(visitor) == numbered(shop, HELD)


def test_the_unguarded_cookie_is_secure_on_https(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="https://localhost")
    (header,) = unguarded_headers(visitor.send(UNGUARDED, count=1).headers.getlist("Set-Cookie"))[
        -1:
    ]
    assert "Secure" in header.split("; ")


def test_a_dropped_cookie_is_reported(visitor: LintingClient) -> None:
    # This client keeps every cookie, so the old one is put back as a browser would keep it.
    add_and_compare(visitor, 40)
    add_and_compare(visitor, 40)
    add_and_compare(visitor, 40)
    old = visitor.get_cookie(unguarded.NAME, path=UNGUARDED)
    assert old is not None
    response = visitor.send(UNGUARDED, count=40)
    visitor.set_cookie(unguarded.NAME, old.value, path=UNGUARDED)
    page = visitor.get(response.location or "").text
    (_, claimed, received), (_, byte_count, sent) = rows(page, "table")
    assert (claimed, received) == ("160", "120")
    assert number(byte_count) > LIMIT_BYTES >= number(sent) == len(unguarded.NAME + old.value)
    assert "40 lines added." in page
    assert "The browser kept the old cookie." in page
    assert "RFC 6265bis, section 5.6, step 5" in page


def test_another_cookie_of_the_same_length_is_told_apart(
    visitor: LintingClient,
) -> None:
    response = visitor.send(UNGUARDED, count=10)
    written = visitor.get_cookie(unguarded.NAME, path=UNGUARDED)
    assert written is not None
    visitor.set_cookie(unguarded.NAME, altered(written.value), path=UNGUARDED)
    page = visitor.get(response.location or "").text
    assert rows(page, "table")[1][1] == rows(page, "table")[1][2]
    assert "The browser kept it." not in page
    assert "The browser sent another cookie." in page


def test_the_comparison_expires_after_ten_minutes(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = visitor.send(UNGUARDED, count=10)
    assert "10 lines added." in visitor.get(response.location or "").text
    monkeypatch.setattr(unguarded, "LIFE_SECONDS", -1)
    page = visitor.get(response.location or "").text
    assert "10 lines added." not in page
    assert not rows(page, "table")


def test_a_missing_cookie_is_reported(visitor: LintingClient) -> None:
    response = visitor.send(UNGUARDED, count=10)
    visitor.delete_cookie(unguarded.NAME, path=UNGUARDED)
    assert "The browser sent no cookie." in visitor.get(response.location or "").text
    assert "There is no unguarded cart" in visitor.get(UNGUARDED).text


def test_the_unguarded_cookie_has_a_maximum_size(visitor: LintingClient) -> None:
    for _ in range(9):
        figures = add_and_compare(visitor, 40)
        assert number(figures[1][1]) <= unguarded.MOST_BYTES
    response = visitor.send(UNGUARDED, count=40)
    assert "Nothing was added" in visitor.get(response.location or "").text


def test_the_unguarded_cookie_can_be_deleted_without_being_sent(visitor: LintingClient) -> None:
    add_and_compare(visitor, 10)
    response = visitor.send("/limits/unguarded-reset")
    assert (response.status_code, response.location) == (303, "/limits#unguarded")
    assert unguarded.NAME not in (response.request.headers.get("Cookie") or "")
    (header,) = unguarded_headers(response.headers.getlist("Set-Cookie"))
    assert header.startswith(f"{unguarded.NAME}=; ")
    assert {"Max-Age=0", f"Path={UNGUARDED}"} <= set(header.split("; "))
    assert visitor.get_cookie(unguarded.NAME, path=UNGUARDED) is None


@pytest.mark.parametrize(
    "value", ["x", "", '"', "é", "a.b.c", "{}", "=", "." * 4000, "eyJjYXJ0IjpbMV19.a.b", '"\\400"']
)
def test_an_invalid_unguarded_cookie_counts_as_an_empty_cart(
    visitor: LintingClient, value: str
) -> None:
    assert visitor.token
    visitor.raw_cookies = f"{unguarded.NAME}={value}"
    assert visitor.get(UNGUARDED).status_code == 200
    response = visitor.send(UNGUARDED, count=1)
    assert response.status_code == 303
    assert visitor.get(response.location or "").status_code == 200


@pytest.mark.parametrize(
    "kept", [{"csrf_token": "x"}, {"cart": "MUG"}, {"cart": {"MUG": 1}}, [1], 7]
)
def test_a_value_without_a_valid_cart_counts_as_an_empty_cart(
    shop: OpenShop, visitor: LintingClient, kept: object
) -> None:
    with shop.app.test_request_context():
        value = unguarded._session()._serializer.dumps(kept)
    visitor.set_cookie(unguarded.NAME, value, path=UNGUARDED)
    assert "cart of 0 lines" in visitor.get(UNGUARDED).text


@pytest.mark.parametrize("query", ["", "s=", "s=x", "s=a.b.c", f"s={'A' * 3000}", "s=%ff", "x=1"])
def test_an_invalid_state_in_the_address_is_ignored(visitor: LintingClient, query: str) -> None:
    page = visitor.get(f"{UNGUARDED}?{query}")
    assert page.status_code == 200
    assert "There is no unguarded cart" in page.text


@pytest.mark.parametrize("count", ["0", "-1", "1000000", "x", ""])
def test_an_unsupported_count_adds_one_line(visitor: LintingClient, count: str) -> None:
    assert add_and_compare(visitor, count)[0] == ["Lines", "1", "1"]


@pytest.mark.parametrize("address", [UNGUARDED, "/limits/unguarded-reset"])
def test_the_unguarded_cart_needs_a_csrf_token(visitor: LintingClient, address: str) -> None:
    assert visitor.post(address, data={"count": "1"}).status_code == 400


def test_the_unguarded_cart_is_off_without_the_laboratory(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_LIMITS_LAB="off").visitor()
    assert visitor.get(UNGUARDED).status_code == 404


def test_the_unguarded_cart_does_not_use_the_session_key(
    shop: OpenShop, visitor: LintingClient
) -> None:
    add_and_compare(visitor, 1)
    value = visitor.get_cookie(unguarded.NAME, path=UNGUARDED)
    assert value is not None
    with shop.app.test_request_context():
        interface = shop.app.session_interface.get_signing_serializer(shop.app)  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="does not match"):
            interface.loads(value.value)
