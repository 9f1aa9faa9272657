"""What a keeper is offered to turn codes on with: a secret for their app, and recovery codes.

Both travel in the form, signed, and count only when it comes back with a code of the secret and the
password. So opening the page changes nothing, and what it showed before is worth nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import randbits

import pyotp
from itsdangerous import BadSignature
from markupsafe import Markup

from shop.storage.keepers import codes
from shop.storage.keepers.accounts import Keeper
from shop.web.site import qr
from shop.web.site.shop import shop

LIFE_SECONDS = 3600
_PURPOSE = "codes offered to a keeper"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret in Base32 and ten recovery codes, for one keeper."""

    keeper: Keeper
    secret: str
    recovery_codes: tuple[str, ...]

    @property
    def signed(self) -> str:
        """The offer as the form sends it back."""
        parts = [self.keeper.number, self.secret, self.recovery_codes]
        return str(shop().signer(_PURPOSE).dumps(parts))

    @property
    def address(self) -> str:
        """What an app reads (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
        app = pyotp.TOTP(self.secret, digits=codes.APP_DIGITS, interval=codes.STEP_SECONDS)
        return app.provisioning_uri(name=self.keeper.email, issuer_name=shop().words.name)

    @property
    def qr(self) -> Markup:
        """The same as a picture."""
        return qr.drawn(self.address, "m")


def new(keeper: Keeper) -> Offer:
    """Another offer every time."""
    recovery = (codes.recovery_code(place, randbits(64)) for place in range(codes.RECOVERY_CODES))
    return Offer(keeper, pyotp.random_base32(), tuple(recovery))


def returned(keeper: Keeper, signed: str) -> Offer | None:
    """The offer that came back; None when it is another keeper's, too old or not ours."""
    try:
        number, secret, recovery = shop().signer(_PURPOSE).loads(signed, max_age=LIFE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return Offer(keeper, secret, tuple(recovery)) if number == keeper.number else None
