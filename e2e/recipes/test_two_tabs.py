"""Use it for state that all tabs of a browser share.

People leave tabs open. What an old tab knows is out of date, and if it writes that back, the change
of the newer tab is lost. Two pages of one context are two tabs of one browser.
"""

from __future__ import annotations

from e2e.support.pages import Shopper


def test_adding_from_a_stale_page_changes_the_newer_cart(shopper: Shopper) -> None:
    shopper.visits("/products/everyday-mug")
    shopper.in_another_tab().adds("cedar-pencil", 3)

    shopper.adds_here().holds("Cedar pencil", 3).holds("Everyday mug")
