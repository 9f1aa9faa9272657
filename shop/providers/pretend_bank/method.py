"""The payment method: what the shop says to the pretend bank, and understands of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from itsdangerous import BadData, Signer, URLSafeSerializer

from shop.core.errors import NoticeRefused
from shop.core.money import Money
from shop.core.orders import Order
from shop.core.payment import Attempt, Notice, Places, State
from shop.core.text import marked

PATH = "pretend-bank"
SIGNATURE = "Pretend-Bank-Signature"
"""Header of a notice: a signature of its body."""
LONGEST_WAY_SECONDS = 300
"""How long ago a notice may have been signed: one that somebody recorded is of no use later."""


class RequestRefused(Exception):
    """An address of the bank that no shop has made."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a shop asks of the bank: an amount in minor units, for what, where the shopper goes
    afterwards, and where notices go. `attempt` is the bank's key for it."""

    attempt: str
    minor: int
    currency: str
    reference: str
    back: str
    notices: str


class PretendBank:
    """Pays with nothing. Its page, which moves no money, is served by the shop itself."""

    code = "pretend-bank"
    provider = "the pretend bank"
    label = marked("At the pretend bank")
    note = marked("For trying the shop out: no money moves.")
    instructions = marked("Please pay it at the pretend bank.")
    form_action_origins: tuple[str, ...] = ()

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are secret, the newest first: it signs, and all are accepted."""
        oldest_first = list(reversed(keys))
        self._requests = URLSafeSerializer(oldest_first, salt="crumb pretend bank request")
        self._notices = Signer(
            oldest_first, salt="crumb pretend bank notice", digest_method=hashlib.sha256
        )

    def begin(self, order: Order, key: str, places: Places, now: int) -> Attempt:
        total = order.sums.total
        request = Request(
            key, total.minor, total.currency, order.reference, places.order, places.notices
        )
        signed = self._requests.dumps(list(asdict(request).values()))
        return Attempt(key, f"{places.home}{PATH}/{signed}")

    def request(self, signed: str) -> Request:
        """What the last part of the bank's address asks. Raises RequestRefused."""
        try:
            return Request(*self._requests.loads(signed))
        except BadData as problem:
            raise RequestRefused from problem

    def signed(self, notice: Notice, at: int) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a request that carries a notice."""
        body = json.dumps(
            {
                "id": notice.key,
                "attempt": notice.attempt,
                "state": notice.state.value,
                "minor": notice.amount.minor,
                "currency": notice.amount.currency,
                "at": at,
            }
        ).encode("utf-8")
        signature = self._notices.get_signature(body).decode("ascii")
        return body, {"Content-Type": "application/json", SIGNATURE: signature}

    def notice(self, body: bytes, headers: Mapping[str, str], now: int) -> Notice | None:
        if not self._notices.verify_signature(body, headers.get(SIGNATURE, "")):
            raise NoticeRefused("the pretend bank did not sign this")
        fields = json.loads(body)
        if abs(now - fields["at"]) > LONGEST_WAY_SECONDS:
            raise NoticeRefused("this was not signed just now")
        return Notice(
            key=fields["id"],
            attempt=fields["attempt"],
            state=State(fields["state"]),
            amount=Money(fields["minor"], fields["currency"]),
        )
