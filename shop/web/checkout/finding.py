"""The form that finds an order again, by what stands in its confirmation."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from shop.core.text import tidy
from shop.web.checkout import mail
from shop.web.languages.texts import gettext, lazy_gettext


def _line(text: str | None) -> str:
    return tidy(text or "")


class FindingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Reference and email address. Its CSRF token is checked like that of every POST of the shop.

    It checks what can be seen without looking at any order, so that its errors say nothing of
    orders. Every error begins with the name of its field.
    """

    class Meta:
        csrf = False

    reference = StringField(
        lazy_gettext("Order reference"),
        filters=[_line],
        description=lazy_gettext("Eight letters and digits, such as ABCD-EFGH."),
        validators=[
            DataRequired(
                lazy_gettext("Order reference: please enter it; it is in your confirmation.")
            ),
            Length(
                max=40,
                message=lazy_gettext("Order reference: it has only eight letters and digits."),
            ),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    email = StringField(
        lazy_gettext("Email"),
        filters=[_line],
        description=lazy_gettext("The address that you gave with the order."),
        validators=[
            DataRequired(
                lazy_gettext("Email: please enter the address that you gave with the order.")
            )
        ],
        render_kw={"autocomplete": "email", "type": "email", "inputmode": "email"},
    )

    def validate_email(self, _: StringField) -> None:
        try:
            self.normal_email()
        except ValueError as error:
            raise ValidationError(
                gettext("%(field)s: %(problem)s", field=self.email.label.text, problem=error)
            ) from None

    def normal_email(self) -> str:
        """The address as an order keeps it. Raises ValueError when it is none."""
        return mail.normal(self.email.data or "", accepts_test_domains=True)
