"""Breaks of the scripts, which only a browser can see."""

from __future__ import annotations

from mutants.entry import Break

_QUEUE = "shop/static/js/queue.js"
_TABS = "e2e/test_no_lost_update.py"

BREAKS = (
    Break(
        "no locks across tabs",
        "Two tabs overwrite each other's change.",
        _QUEUE,
        "if (navigator.locks && navigator.cookieEnabled)",
        "if (!navigator.locks)",
        (f"{_TABS}::test_a_change_and_a_form_that_leads_elsewhere_take_turns",),
    ),
    Break(
        "no turns within a tab",
        "Where there are no locks, quick clicks overwrite each other.",
        _QUEUE,
        "last = last.then(task, task);",
        "last = task();",
        (f"{_TABS}::test_without_web_locks_a_tab_still_sends_one_change_at_a_time",),
    ),
    Break(
        "a change dies with its page",
        "Whoever leaves the page at once loses what they have just added.",
        "shop/static/js/cart.js",
        "keepalive: true",
        "keepalive: false",
        (f"{_TABS}::test_a_change_arrives_although_its_page_is_left_at_once",),
    ),
    Break(
        "Enter sends twice",
        "A quantity that was typed is sent twice.",
        "shop/static/js/cart-view.js",
        "if (form.dataset.sent === sent) return;",
        "if (!sent) return;",
        ("e2e/test_in_place.py::test_a_typed_quantity_is_sent_once",),
    ),
    Break(
        "a silent failure",
        "The shop could not be reached, and the page does not say so.",
        "shop/static/js/cart.js",
        "if (!answered?.(refusal) && refusal) refusals.push(refusal);",
        "answered?.(refusal);",
        ("e2e/test_in_place.py::test_an_unreachable_shop_is_reported",),
    ),
)
