"""The process that writes a PDF: a page and its files come from standard input as JSON, and the PDF
goes to standard output. Whatever else the page refers to is left out: nothing is fetched from the
network, and no file is read."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

VARIANT = "pdf/a-3a"
"""An archive's PDF (ISO 19005-3), with the structure that a screen reader needs."""


class OwnFiles(URLFetcher):  # type: ignore[misc]  # it has no types
    """The style sheets that were handed over, by address."""

    def __init__(self, styles: Mapping[str, str]) -> None:
        super().__init__(allowed_protocols=())
        self._styles = styles

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._styles:
            raise ValueError(f"not a file of the page: {url}")
        octets = self._styles[url].encode("utf-8")
        return URLFetcherResponse(url, octets, {"Content-Type": "text/css; charset=utf-8"})


def main() -> None:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it knows few rules for screens
    page = json.load(sys.stdin)
    html = HTML(string=page["html"], base_url=page["base"], url_fetcher=OwnFiles(page["styles"]))
    html.write_pdf(sys.stdout.buffer, pdf_variant=VARIANT)


if __name__ == "__main__":
    main()
