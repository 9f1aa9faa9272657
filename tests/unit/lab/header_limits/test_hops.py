"""The table of known limits: every figure has a source, and no two rows disagree."""

from __future__ import annotations

import re

import pytest

from shop.lab.header_limits.hops import GROUPS, HOPS, OWN_LIMITS, Hop, OwnLimit

WANTED = (
    "nginx", "Apache httpd", "Node.js", "Go, Caddy", "Varnish", "lighttpd", "Envoy", "Traefik",
    "Tomcat", "AWS CloudFront", "Azure Application Gateway", "Azure Front Door",
)  # fmt: skip


def test_the_common_hops_are_in_the_table_once() -> None:
    names = [hop.name for hop in HOPS]
    assert len(names) == len(set(names)) == sum(len(group) for _, group in GROUPS)
    assert set(WANTED) <= set(names)


@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.name)
def test_every_row_has_a_source_that_can_be_looked_up(hop: Hop) -> None:
    assert hop.source.name
    # A file, an address, or a setting; not just a name.
    assert re.search(r"[\w-]+[./_-][\w-]+|[A-Z][a-z]+[A-Z]|VCL", hop.source.place), hop.source
    assert all((hop.request, hop.response, hop.beyond))


@pytest.mark.parametrize("own", OWN_LIMITS, ids=lambda own: own.browser)
def test_every_limit_of_a_browser_has_a_source(own: OwnLimit) -> None:
    assert own.source.place.endswith(".h")


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop.measured], ids=lambda hop: hop.name)
def test_a_measured_row_names_a_version(hop: Hop) -> None:
    assert re.search(r"\d+\.\d+", hop.measured)
    assert re.search(r"\d", hop.request)


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop.line], ids=lambda hop: hop.name)
def test_the_limit_of_a_line_is_the_one_in_the_words(hop: Hop) -> None:
    assert hop.request.startswith(f"{hop.line:,} per line")
