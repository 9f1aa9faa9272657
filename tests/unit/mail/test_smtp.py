"""The address of a mail server, as a setting gives it."""

from __future__ import annotations

import pytest

from shop.mail.smtp import MailServer, mail_server

SECRET = "open-sesame"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        pytest.param("smtp://localhost", MailServer("localhost", 25), id="a relay"),
        pytest.param("smtp://[::1]:2525/", MailServer("::1", 2525), id="IPv6"),
        pytest.param(
            "smtp://ada:pw@mail.example", MailServer("mail.example", 587, False, "ada", "pw")
        ),
        pytest.param("smtps://mail.example", MailServer("mail.example", 465, True)),
        pytest.param(
            "smtps://ada%40mail.example:p%2F%3A%23%25@mail.example:4650",
            MailServer("mail.example", 4650, True, "ada@mail.example", "p/:#%"),
            id="encoded",
        ),
    ],
)
def test_an_address_names_a_mail_server(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"http://ada:{SECRET}@mail.example", id="another scheme"),
        pytest.param(f"smtp://ada:{SECRET}@", id="no host"),
        pytest.param(f"smtp://ada:/{SECRET}@mail.example", id="a slash in the password"),
        pytest.param(f"smtp://ada:#{SECRET}@mail.example", id="a hash in the password"),
        pytest.param(f"smtp://ada:{SECRET}@mail.example:99999", id="no such port"),
        pytest.param(f"smtp://ada:{SECRET}@[mail.example", id="half a bracket"),
        pytest.param(f"smtp://ada:{SECRET}@mail.example/inbox", id="a path"),
        pytest.param(f"smtp://:{SECRET}@mail.example", id="no user"),
        pytest.param(f"smtp://{SECRET}@mail.example", id="no password"),
        pytest.param(f"smtp://ada:{SECRET}é@mail.example", id="accents"),
        pytest.param(SECRET, id="no address"),
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="password") as refusal:
        mail_server(url)
    assert SECRET not in str(refusal.value)


def test_a_password_is_not_shown() -> None:
    assert SECRET not in repr(mail_server(f"smtp://ada:{SECRET}@mail.example"))
