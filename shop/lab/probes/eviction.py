"""The probe of how many cookies a browser keeps for a host, and which it evicts first."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress

from shop.lab.encodings import unguarded
from shop.lab.engine.exchange import Answer, Cookies, Exchange, NotSent
from shop.lab.probes.questions import (
    BATCH,
    MOST_COOKIES,
    SMALL_BATCH,
    Steps,
    deletion,
    has,
    line,
    page_of,
)
from shop.web.cart import undo


def eviction(scope: str) -> Steps:
    """How many cookies of a host are kept, how many are left when one more comes, and whether the
    oldest is among them, with and without Priority=High.

    Batches find where the cookie store overflows; then it is emptied and filled again up to there,
    and the last cookies are sent one by one. All of the shop's own cookies are counted: the undo
    cookie is looked for where it is sent, and the unguarded cart is deleted first.
    """
    plain, high = "lab-plain", "lab-high"
    oldest = (line(plain, "1", scope), line(high, "1", scope, "Priority=High"))
    names = [f"c{number:03}" for number in range(MOST_COOKIES)]

    def still(cookies: Cookies) -> Answer:
        return " ".join(name for name, _ in cookies if name in (plain, high))

    def given(batch: list[str], held: int) -> Generator[Exchange, Answer, int]:
        # How many came back. All answers travel in the address: an expected one takes no room.
        expected = held + len(batch)
        lines = tuple(line(name, "1", scope) for name in batch)
        arrived = yield Exchange(
            lines, lambda cookies: len(cookies) == expected or len(cookies), may_evict=True
        )
        return expected if arrived is True else int(arrived or 0)

    def first_batch() -> Generator[Exchange, Answer, tuple[int, int]]:
        # How many cookies pass on the route at once, and how many came back.
        with suppress(NotSent):
            return BATCH, (yield from given(names[:BATCH], 0))
        return SMALL_BATCH, (yield from given(names[:SMALL_BATCH], 0))

    def batches(start: int, end: int) -> list[list[str]]:
        return [names[at : min(at + size, end)] for at in range(start, end, size)]

    def below_cart(*lines: str) -> Generator[Exchange, Answer, int]:
        return int(
            bool((yield Exchange(lines, has(undo.NAME), may_evict=True, is_below_cart=True)))
        )

    unguarded_gone = deletion(unguarded.NAME, f"{page_of(page_of(scope))}/{unguarded.NAME}")
    yield Exchange((unguarded_gone, *oldest), may_evict=True)
    size, held = yield from first_batch()
    sent = size
    for batch in batches(sent, MOST_COOKIES):
        findings = yield from given(batch, held)
        if findings < held + len(batch):
            break
        held, sent = findings, sent + len(batch)
    else:
        return {"kept": held + (yield from below_cart()), "left": None, "plain": True, "high": True}
    for batch in batches(0, sent + size):
        yield Exchange(tuple(deletion(name, scope) for name in batch), may_evict=True)
    before = yield from below_cart(*oldest)
    for batch in batches(0, sent):
        held = yield from given(batch, held)
    for name in names[sent:]:
        findings = yield from given([name], held)
        if findings <= held:
            break
        held = findings
    left = str((yield Exchange((), still, may_evict=True))).split()
    return {
        "kept": held + before,
        "left": findings + (yield from below_cart()),
        "plain": plain in left,
        "high": high in left,
    }
