"""Papers as PDF: what they say, and what happens on a machine that cannot write them.

Tests that write a PDF do so where Pango is installed. Elsewhere they see that the shop says so.
"""

from __future__ import annotations

import re
import sys
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from shop.pdf.process import NotWritten, Typesetter, typesetter
from shop.storage.orders import invoices
from tests.conftest import OpenShop
from tests.integration.client import LintingClient, elements, parsed, text_of
from tests.integration.keepers import signed_in
from tests.integration.test_orders import placed

EMPTY = "<!DOCTYPE html><html lang=en><title>Nothing</title><p>Nothing"
HELD_UP = (sys.executable, "-c", "import signal; signal.pause()")
"""A process that ends only when it is ended."""


def text_in(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return " ".join("\n".join(texts).split())


def inflated(pdf: bytes) -> bytes:
    """The streams of a PDF, without their compression."""
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            found += zlib.decompress(stream)
    return found


def written(html: str, styles: Mapping[str, str] | None = None) -> bytes | None:
    """The PDF of a page; None where there is no Pango, after seeing that this is said."""
    if typesetter() is None:
        with pytest.raises(NotWritten, match="exit code"):
            Typesetter()(html, styles or {})
        return None
    return Typesetter()(html, styles or {})


def invoiced(shop: OpenShop, reference: str) -> str:
    """The address of the order's invoice as PDF."""
    invoices.make(shop.engine, reference, by="Bea", at=shop.clock.now)
    return f"/admin/orders/{reference}/invoice.pdf"


def downloaded(visitor: LintingClient, address: str) -> bytes | None:
    """A paper as PDF; None where there is no Pango, after seeing that it is not offered."""
    response = visitor.get(address)
    if typesetter() is None:
        assert response.status_code == 404
        return None
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    return bytes(response.data)


def test_an_invoice_as_pdf_has_number_lines_and_sums(shop: OpenShop) -> None:
    reference = placed(shop, "MUG", name="Zoë Łukasz")
    shop.sql("update orders set currency = 'EUR'")
    visitor = signed_in(shop)
    pdf = downloaded(visitor, invoiced(shop, reference))
    if pdf is None:
        return
    text = text_in(pdf)
    for expected in (
        "Invoice 1",
        reference,
        "28 May 2026",
        "Zoë Łukasz",
        "1 Everyday mug MUG €9.50 20% €9.50",
        "Subtotal €9.50",
        "Total €13.45",
        "including 20% VAT",
        "within 14 days",
    ):
        assert expected in text
    for screen_only in ("Download", "Sign out", "Skip to content"):
        assert screen_only not in text


def test_a_packing_slip_as_pdf_has_what_belongs_into_the_parcel(shop: OpenShop) -> None:
    reference = placed(shop, "MUG", note="Ring twice")
    pdf = downloaded(signed_in(shop), f"/admin/orders/{reference}/packing-slip.pdf")
    if pdf is None:
        return
    text = text_in(pdf)
    assert "1 Everyday mug MUG" in text
    assert "Ring twice" in text
    assert "£" not in text


def test_a_pdf_made_twice_is_the_same(shop: OpenShop) -> None:
    address = invoiced(shop, placed(shop, "MUG"))
    first = downloaded(signed_in(shop), address)
    shop.clock.now += 3 * 24 * 3600
    assert downloaded(signed_in(shop, "ada@example.com"), address) == first


def test_a_pdf_is_an_archive_s_and_tells_a_screen_reader_what_is_what(shop: OpenShop) -> None:
    pdf = downloaded(signed_in(shop), invoiced(shop, placed(shop, "MUG")))
    if pdf is None:
        return
    assert b'pdfaid:part="3" pdfaid:conformance="A"' in inflated(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        assert document.is_tagged()
        assert document.get_metadata_value("Title") == "Invoice 1 · Crumb admin"


def test_a_pdf_is_offered_only_where_it_can_be_made(shop: OpenShop) -> None:
    reference = placed(shop, "MUG")
    invoiced(shop, reference)
    visitor = signed_in(shop)

    def links() -> set[str]:
        pages = (visitor.get(f"/admin/orders/{reference}{paper}").text for paper in PAPERS)
        found = [it for page in pages for it in elements(parsed(page), "a[href$='.pdf']")]
        return {it.to_text() for it in found}

    shop.app.extensions["typesetter"] = typesetter(load=lambda _: None)
    assert links() == {"Packing slip as PDF", "Invoice 1 as PDF", "Download as PDF"}
    shop.app.extensions["typesetter"] = typesetter(load=missing)
    assert links() == set()
    assert visitor.get(f"/admin/orders/{reference}/invoice.pdf").status_code == 404
    assert "Print this page" in visitor.get(f"/admin/orders/{reference}/invoice").text


PAPERS = ("", "/packing-slip", "/invoice")


def missing(name: str) -> object:
    raise OSError(f"{name}: cannot open shared object file")


def test_a_paper_is_handed_over_with_its_styles_and_without_the_keeper(shop: OpenShop) -> None:
    handed: list[tuple[str, Mapping[str, str]]] = []

    def write(html: str, styles: Mapping[str, str]) -> bytes:
        handed.append((html, styles))
        return b"%PDF-"

    shop.app.extensions["typesetter"] = write
    reference = placed(shop, "MUG")
    response = signed_in(shop).get(invoiced(shop, reference))
    assert response.headers["Content-Disposition"] == "attachment; filename=invoice-1.pdf"
    ((html, styles),) = handed
    for sheet in elements(parsed(html), "link[rel=stylesheet]"):
        assert "@media print" in styles[str((sheet.attrs or {})["href"])]
    assert "csrf_token" not in html
    assert "bea@example.com" not in html


def test_an_order_without_an_invoice_has_none_as_pdf(shop: OpenShop) -> None:
    reference = placed(shop, "MUG")
    shop.app.extensions["typesetter"] = typesetter(load=lambda _: None)
    response = signed_in(shop).get(f"/admin/orders/{reference}/invoice.pdf")
    assert response.location == f"/admin/orders/{reference}"


def test_a_pdf_that_fails_leads_to_the_page_to_print(
    shop: OpenShop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.app.extensions["typesetter"] = Typesetter((sys.executable, "-c", "1 / 0"))
    reference = placed(shop, "MUG")
    visitor = signed_in(shop)
    response = visitor.get(invoiced(shop, reference))
    assert (response.status_code, response.location) == (
        303,
        f"/admin/orders/{reference}/invoice",
    )
    notice = text_of(visitor.get(response.location).text, ".notices")
    assert notice == "The PDF could not be made. Please print this page instead."
    (logged,) = [record for record in caplog.records if record.message == "pdf_not_written"]
    assert "ZeroDivisionError" in str(vars(logged)["reason"])


def test_a_message_waits_while_a_pdf_is_made(shop: OpenShop) -> None:
    shop.app.extensions["typesetter"] = lambda *_: b"%PDF-"
    reference = placed(shop, "MUG")
    visitor = signed_in(shop)
    visitor.get(f"/admin/orders/{reference}/invoice")  # which says that there is none yet
    assert visitor.get(invoiced(shop, reference)).status_code == 200
    assert "no invoice yet" in text_of(visitor.get("/admin/orders").text, ".notices")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param((sys.executable, "-c", "print('no PDF')"), id="something else"),
        pytest.param(("/no/such/program",), id="no program"),
        pytest.param((sys.executable, "-c", "import os; os.abort()"), id="a crash of a library"),
        pytest.param(HELD_UP, id="too long"),
    ],
)
def test_what_goes_wrong_is_said(command: tuple[str, ...]) -> None:
    with pytest.raises(NotWritten):
        Typesetter(command, limit_seconds=2)(EMPTY, {})


def test_a_pdf_waits_for_another_one_only_so_long() -> None:
    write = Typesetter(HELD_UP, limit_seconds=1)
    problems: list[str] = []

    def try_it() -> None:
        with pytest.raises(NotWritten) as problem:
            write(EMPTY, {})
        problems.append(str(problem.value))

    write._is_free.acquire()
    try_it()
    write._is_free.release()
    try_it()
    assert "another PDF" in problems[0]
    assert "timed out" in problems[1]


def test_a_machine_without_fonts_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pango breaks off there (SIGSEGV), and the shop must not."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(fonts))
    with pytest.raises(NotWritten, match="exit code"):
        Typesetter()(EMPTY, {})


def test_the_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SECRET_KEYS", "a secret")
    tells = "import os, sys; sys.stdout.write('%PDF-' + repr(dict(os.environ)))"
    assert b"a secret" not in Typesetter((sys.executable, "-c", tells))(EMPTY, {})


class Listener(BaseHTTPRequestHandler):
    """Counts who asks for something."""

    asked: list[str] = []

    def do_GET(self) -> None:  # the name that its base looks for
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_a_page_fetches_nothing_but_its_own_styles(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("from a file")
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    elsewhere = f"http://127.0.0.1:{server.server_port}"
    page = (
        f"<!DOCTYPE html><html lang=en><title>T</title>"
        f"<link rel=stylesheet href='{elsewhere}/a.css'>"
        f"<link rel=stylesheet href='/own.css'><img src='{elsewhere}/b.png' alt=''>"
        f"<object data='{secret.as_uri()}'></object><link rel=attachment href='{secret.as_uri()}'>"
        "<p class=gone>Styled away</p><p>Left</p>"
    )
    pdf = written(
        page, {"/own.css": f".gone {{ display: none }} @import url('{elsewhere}/c.css');"}
    )
    server.shutdown()
    server.server_close()
    assert Listener.asked == []
    if pdf is not None:
        assert text_in(pdf) == "Left"
        assert b"from a file" not in inflated(pdf)
