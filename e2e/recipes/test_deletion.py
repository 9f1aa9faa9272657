"""Use it for whatever is supposed to be gone afterwards: an emptied cart, a signed-out session.

A page that looks empty proves nothing: a cookie is deleted only by a Set-Cookie with the same name,
domain and path, and under a `__Host-` name only by one with Secure. If one of them is wrong, the
browser keeps the cookie and says nothing, and the next visit finds the cart again. So look into the
jar.
"""

from __future__ import annotations

from e2e.jar import Jar
from e2e.support.pages import Shopper


def test_removing_the_last_line_deletes_the_cookie(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG")
    jar["cart"].to_have_attributes(path="/", secure=False)

    own_shopper.opens_cart().removes("Everyday mug").is_empty()

    jar["cart"].to_be_absent()
