"""The form of the checkout: who the order goes to, and how it is paid."""

from __future__ import annotations

import dataclasses
from typing import Any

from babel.lists import format_list
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from shop.core.orders import Address, Customer
from shop.core.text import tidy, tidy_lines
from shop.web.checkout import mail, postal
from shop.web.languages.texts import current, gettext, lazy_gettext
from shop.web.site.shop import shop


def _line(text: str | None) -> str:
    return tidy(text or "")


def _lines(text: str | None) -> str:
    return tidy_lines(text or "")


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=lazy_gettext("please use at most %(max)d characters."))


class CheckoutForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who the order goes to. Its CSRF token is checked like that of every POST of the shop.

    Every error begins with the name of its field. The values of `autocomplete` are those of the
    HTML standard, "Autofill": with them a browser fills in a whole address.
    """

    class Meta:
        csrf = False

    name = StringField(
        lazy_gettext("Full name"),
        filters=[_line],
        validators=[
            DataRequired(lazy_gettext("please enter the name of the person the parcel is for.")),
            _at_most(200),
        ],
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    email = StringField(
        lazy_gettext("Email"),
        filters=[_line],
        description=lazy_gettext("In case there is a question about your order."),
        validators=[DataRequired(lazy_gettext("please enter your email address.")), _at_most(254)],
        render_kw={"autocomplete": "email", "type": "email", "inputmode": "email"},
    )
    line_1 = StringField(
        lazy_gettext("Address line 1"),
        filters=[_line],
        description=lazy_gettext("House name or number, and street."),
        validators=[
            DataRequired(lazy_gettext("please enter the house name or number, and the street.")),
            _at_most(200),
        ],
        render_kw={"autocomplete": "address-line1", "dir": "auto"},
    )
    line_2 = StringField(
        lazy_gettext("Address line 2"),
        filters=[_line],
        description=lazy_gettext("Optional: flat, building or district."),
        validators=[_at_most(200)],
        render_kw={"autocomplete": "address-line2", "dir": "auto"},
    )
    town = StringField(
        lazy_gettext("Town or city"),
        filters=[_line],
        validators=[_at_most(100)],
        render_kw={"autocomplete": "address-level2", "dir": "auto"},
    )
    region = StringField(
        lazy_gettext("Region"),
        filters=[_line],
        validators=[_at_most(100)],
        render_kw={"autocomplete": "address-level1", "dir": "auto"},
    )
    postcode = StringField(
        lazy_gettext("Postcode"),
        filters=[_line],
        validators=[_at_most(40)],
        render_kw={
            "autocomplete": "postal-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )
    country = SelectField(
        lazy_gettext("Country"), validate_choice=False, render_kw={"autocomplete": "country"}
    )
    note = TextAreaField(
        lazy_gettext("Note to us"),
        filters=[_lines],
        description=lazy_gettext("Optional."),
        validators=[Optional(), _at_most(1000)],
        render_kw={"rows": 3, "dir": "auto"},
    )

    payment = RadioField(lazy_gettext("How you would like to pay"), validate_choice=False)

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        names = _country_names()
        self.country.choices = list(names.items())
        needing = [name for code, name in names.items() if postal.needs_region(code)]
        if needing:
            self.region.description = gettext(
                "State, province or county. Required for %(countries)s.",
                countries=format_list(needing, locale=current().locale),
            )
        else:
            self.region.description = gettext("State, province or county. Optional.")
        payments = shop().payments
        self.payment.choices = [(method.code, gettext(method.label)) for method in payments.methods]
        is_fresh = "formdata" in arguments
        if self.payment.data is None and (is_fresh or len(payments.methods) == 1):
            self.payment.data = payments.default.code

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        country_name = _country_names().get(self.country.data or "")
        if country_name:
            for name, problem in postal.problems(self._address(), country_name).items():
                self[name].errors = [*self[name].errors, problem]
        for field in self:
            field.errors = [
                gettext("%(field)s: %(problem)s", field=field.label.text, problem=error)
                for error in field.errors
            ]
        return not self.errors

    def validate_email(self, field: StringField) -> None:
        try:
            self._email()
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def validate_country(self, field: SelectField) -> None:
        if field.data not in shop().countries:
            raise ValidationError(gettext("please choose one from the list."))

    def validate_payment(self, field: RadioField) -> None:
        if shop().payments.get(field.data) is None:
            raise ValidationError(gettext("please choose one of these payment methods."))

    def customer(self) -> Customer:
        """Who the order goes to. Raises ValueError when the form is not valid."""
        address = postal.normal(self._address())
        return Customer(self.name.data or "", self._email(), address, self.note.data or "")

    def fields(self) -> list[Field]:
        """What is typed, in order; the payment is chosen below it. There is no region when no
        country of the shop has any."""
        region = [self.region] if any(map(postal.has_region, shop().countries)) else []
        return [
            self.name, self.email, self.line_1, self.line_2, self.town, *region, self.postcode,
            self.country, self.note,
        ]  # fmt: skip

    def _email(self) -> str:
        return mail.normal(self.email.data or "", accepts_test_domains=shop().allow_test_email)

    def _address(self) -> Address:
        # The fields of an address have the names of its parts.
        return Address(
            **{part.name: self[part.name].data or "" for part in dataclasses.fields(Address)}
        )


def destination(country: str | None = None) -> str | None:
    """The name of the country that a quote is for, or None where all countries are alike."""
    if not shop().charges_by_country:
        return None
    names = _country_names()
    return names.get(country or "", names[shop().countries[0]])


def _country_names() -> dict[str, str]:
    """Those that the shop delivers to, by their codes, in the language of its locale."""
    names = current().locale.territories
    return {code: names.get(code, code) for code in shop().countries}
