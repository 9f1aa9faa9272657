"""What a shop says about itself: its name, its texts and how to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEGAL_SLUGS = ("privacy", "terms", "imprint", "returns")
"""The ends of the addresses of the legal pages, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the shop; what is empty is not shown. `address` has one line of an envelope in
    each text."""

    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()

    @property
    def dialled(self) -> str:
        """The telephone number as a `tel` address has it (RFC 3966): a plus and digits. The zero
        in `+44 (0)20` is not dialled."""
        phone = self.phone.replace("(0)", "") if self.phone.startswith("+") else self.phone
        return "".join(sign for sign in phone if sign in "+0123456789")


@dataclass(frozen=True, slots=True)
class LegalPage:
    """A page that the law may require: the end of its address, its title and its text as HTML, and
    the tag (BCP 47) of the language that it is written in."""

    slug: str
    title: str
    html: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A picture of the shop's own: the name it is served by, its media type and its octets."""

    name: str
    media_type: str
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """What a shop changes in its look: style sheets that come after all others, a logo, and the
    picture that previews of links show."""

    styles: str = ""
    logo: OwnPicture | None = None
    preview: OwnPicture | None = None

    @property
    def pictures(self) -> tuple[OwnPicture, ...]:
        return tuple(picture for picture in (self.logo, self.preview) if picture)


@dataclass(frozen=True, slots=True)
class Words:
    """The shop's own words in one of its languages, each on one line; what is empty is not shown.

    `title`, `claim` and `welcome` stand on the home page: in the browser's tab, as the heading and
    below it. `description` is for search engines. `search_example` is shown in the empty field of
    the search. `preview_text` says what the shipped picture for link previews shows, and is empty
    in a shop that the picture, which has a name on it, does not fit. `tags` has the languages
    (BCP 47) of texts by their names: one that is missing is stated in the shop's own.
    """

    name: str
    title: str
    description: str
    claim: str
    welcome: str
    search_example: str
    preview_text: str
    vat_id: str = ""
    contact: Contact = Contact()
    pages: tuple[LegalPage, ...] = ()
    look: Look = Look()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_reachable(self) -> bool:
        """Whether there is anything to show of how to reach the shop, and who it is to the tax
        office."""
        return bool(self.vat_id) or self.contact != Contact()
