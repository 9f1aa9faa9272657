"""The field for a code, and what a keeper is told when theirs does not count."""

from __future__ import annotations

from wtforms import StringField

from shop.storage.keepers.codes import Answer

FIELD = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "required": True,
    "maxlength": "40",
    "spellcheck": "false",
}
"""The attributes of the field."""
HINT = (
    "Six digits, which the app on your phone shows. Without it, type one of your recovery codes, "
    "of 16 digits."
)
REFUSED = {
    Answer.WRONG: "This code is not right. Please look whether the app shows another one by now, "
    "and whether the clock of its device is right.",
    Answer.USED: "This code has been used already. Please wait until the app shows the next one.",
    Answer.TOO_MANY: "Too many codes were wrong, so only browsers in which you have signed in "
    "before are let in. “shop keeper password” on the shop’s machine changes your password, and "
    "ends this.",
    Answer.UNREADABLE: "The shop has other secret keys now, so it cannot check what your app "
    "shows. Please use a recovery code, or “shop keeper totp-off” on the shop’s machine.",
}


def refuse(field: StringField, answer: Answer) -> None:
    """Says below the field why its code does not count, and empties it for the next one."""
    field.errors = [REFUSED[answer]]
    field.data = ""
