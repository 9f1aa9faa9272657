"""Hostile requests to every route of the shop, by every method, drawn from a seed."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tqdm import tqdm
from werkzeug.routing import Map

from audit.hostile.drawing import Drawer, Held
from audit.hostile.exploring import Known, Visitor, explore
from audit.hostile.judging import KINDS, LONGEST_SECONDS, Fault, Judge
from audit.hostile.visiting import fill_cart, order, sign_in, ways_to_pay
from audit.hostile.wire import Send, Sent, over_http
from audit.report import Group, at_least, at_most, is_zero
from e2e.support import keepers
from e2e.support.server import KEY, prepare, running_shop
from shop.config import Settings
from shop.core import cookie
from shop.core.cart import MAX_TIME
from shop.factory import create_app

EXAMPLES = 60
"""Requests to each route by each of its own methods."""
FEW = 3
"""And by each method that it does not know, or that Flask answers by itself."""
METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get")
SLOW = frozenset({"admin.papers.invoice_pdf", "admin.papers.slip_pdf", "admin.sign_in.create"})
"""Views that take a good part of a second by design: Pango, and Argon2."""
LAST = frozenset({"admin.sign_in.destroy", "admin.own.turn_on"})
"""Views that end the session of the keeper, or might, and so come last."""


@dataclass(slots=True)
class Outcome:
    """What came of it: statuses, the slowest response, the views that accepted a request, and the
    shortest request with each fault."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest_seconds: float = 0
    slowest: str = ""
    faults: dict[tuple[str, Fault], Sent] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)

    def note(self, endpoint: str, fault: Fault, sent: Sent) -> None:
        kept = self.faults.setdefault((endpoint, fault), sent)
        if len(str(sent)) < len(str(kept)):
            self.faults[endpoint, fault] = sent


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """Draws requests to a shop, sends them and judges the responses."""

    send: Send
    url_map: Map
    known: Known
    held: Held
    judge: Judge
    outcome: Outcome = field(default_factory=Outcome)

    def attack(self, *, examples: int, few: int, seed: int) -> Outcome:
        """Sends this many requests to each route, by each of its methods; few by any other method,
        and to slow views. The same seed draws the same ones."""
        drawer = Drawer.of(Random(seed), self.known, self.held)
        rules = sorted(
            self.url_map.iter_rules(), key=lambda rule: (rule.endpoint in LAST, rule.rule)
        )
        for rule in tqdm(rules, desc="fuzz", disable=None, leave=False):
            own = sorted((rule.methods or set()) & {"GET", "POST"})
            many = few if rule.endpoint in SLOW else examples
            for method in [*own * many, *sorted({*METHODS} - {*own}) * few]:
                self._try(str(rule.endpoint), drawer.request(rule, method))
        return self.outcome

    def _try(self, endpoint: str, sent: Sent) -> None:
        began = time.perf_counter()
        try:
            received = self.send(sent)
        except OSError as error:
            self.outcome.note(
                endpoint, Fault("no answer, or a late one", type(error).__name__), sent
            )
            return
        seconds = time.perf_counter() - began
        if seconds > self.outcome.slowest_seconds:
            self.outcome.slowest_seconds, self.outcome.slowest = seconds, f"{endpoint}: {sent}"
        if seconds > LONGEST_SECONDS:
            self.outcome.note(endpoint, Fault("no answer, or a late one", f"{seconds:.0f} s"), sent)
        self.outcome.statuses[received.status] += 1
        if received.status < 400:
            self.outcome.accepted.add(endpoint)
        for fault in self.judge.faults(endpoint, sent, received):
            self.outcome.note(endpoint, fault, sent)


def measure(seed: int) -> Group:
    """What a shop answers to some ten thousand requests, and what is wrong with that."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_shop(prepare(Path(folder)), SHOP_WORKERS="2") as shop,
    ):
        keepers.add_keeper(shop)
        url_map = create_app(Settings.from_environ(shop.environ)).url_map
        keeper = keepers.EMAIL, keepers.PASSWORD
        send = over_http(shop.url)
        fuzzer = prepared(send, url_map, keys=(KEY,), keeper=keeper, pages=3)
        outcome = fuzzer.attack(examples=EXAMPLES, few=FEW, seed=seed)
    return group_of(outcome, seed, {str(rule.endpoint) for rule in url_map.iter_rules()})


def group_of(outcome: Outcome, seed: int, endpoints: Set[str]) -> Group:
    """The figures of an attack on these views: of each kind, how many of them have such a fault."""
    faulty = Counter({(fault.kind, endpoint) for endpoint, fault in outcome.faults})
    kinds = Counter(kind for kind, _ in faulty)
    refusing = sorted(endpoints - outcome.accepted)
    statuses = ", ".join(
        f"{count:,} × {status}" for status, count in outcome.statuses.most_common()
    )
    findings = defaultdict(list)
    for (endpoint, fault), sent in sorted(outcome.faults.items(), key=str):
        findings[fault.kind].append(f"{endpoint}, {fault.what}: {sent}")
    findings["responses"] = [statuses]
    findings["views that accepted nothing"] = [", ".join(refusing) or "none"]
    findings["slowest"] = [outcome.slowest]
    return Group(
        f"Hostile requests to every route, seed {seed}",
        [
            at_least("requests", sum(outcome.statuses.values()), 50 * len(endpoints)),
            *(is_zero(kind, kinds[kind]) for kind in KINDS),
            at_most("slowest response", round(outcome.slowest_seconds, 2), LONGEST_SECONDS, " s"),
        ],
        dict(findings),
    )


def prepared(
    send: Send, url_map: Map, *, keys: Sequence[str], keeper: tuple[str, str], pages: int
) -> Fuzzer:
    """A fuzzer at a shop whose secret keys and keeper (email and password) are known.

    First it visits the shop as a shopper and a keeper would: it places an order with every way of
    paying, fills a cart, signs in to the admin, and notes what this many pages of each route offer.
    """
    visitor = Visitor(send)
    samples = explore(visitor, url_map, ["/"], pages=1).of("cart.create", "POST")
    products = [sample.form for sample in samples]
    placed = [order(visitor, products, payment) for payment in ways_to_pay(visitor, products)]
    fill_cart(visitor, products)
    sign_in(visitor, keeper)
    starts = [rule.rule for rule in url_map.iter_rules() if not rule.arguments]
    known = explore(visitor, url_map, [*starts, *placed], pages=pages)
    value = visitor.held[cookie.NAME]
    judge = Judge(cookie.decode(value, keys, now=0, max_age_seconds=MAX_TIME), keys)
    return Fuzzer(send, url_map, known, Held(dict(visitor.held), sorted(known.tokens)), judge)
