"""Photos in the admin: uploaded, moved and removed by a keeper."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from shop.core.errors import PhotoRefused
from shop.storage import schema
from shop.storage.engine import memory_url, reading
from shop.storage.keepers import accounts
from shop.storage.photos import apart, files
from shop.storage.photos.limits import MOST_BYTES
from shop.storage.products import editing
from shop.web.site.security import BODY_LIMIT_BYTES
from tests.conftest import Opener, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    csrf_token,
    elements,
    parsed,
    text_of,
)
from tests.integration.keepers import EMAIL, PASSWORD, add_keeper, sends, signed_in, signs_in
from tests.integration.test_admin_products import PRODUCTS, address_of
from tests.photographs import animated, jpeg, picture, png_that_claims, saved


def uploads(
    visitor: LintingClient, address: str, octets: bytes, name: str = "mug.jpg", **fields: str
) -> TestResponse:
    """Sends a file with the CSRF token of the admin's own session."""
    token = csrf_token(visitor.get("/admin/orders").text)
    return posts(visitor, address, octets, name, csrf_token=token, **fields)


def posts(
    visitor: LintingClient, address: str, octets: bytes, name: str = "mug.jpg", **fields: str
) -> TestResponse:
    """Sends a file. The body is made here, since the client would leave a file open for it."""
    parts = [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{text}'.encode()
        for field, text in fields.items()
    ]
    head = f'Content-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'
    parts.append(head.encode() + octets)
    body = b"".join(b"--part\r\n" + part + b"\r\n" for part in parts) + b"--part--\r\n"
    return visitor.post(
        f"{address}/photos",
        data=body,
        content_type="multipart/form-data; boundary=part",
        headers={"Referer": "http://localhost/"},
    )


def names(shop: OpenShop, sku: str = "MUG") -> list[str]:
    query = "select name from photos where product_number = ? order by position"
    return [name for (name,) in shop.sql(query, shop.number(sku))]


def said(response: TestResponse) -> str:
    return text_of(response.text, "main [role=alert]")


@pytest.fixture
def visitor(shop: OpenShop) -> LintingClient:
    return signed_in(shop)


@pytest.fixture
def address(shop: OpenShop) -> str:
    return address_of(shop, "MUG")


def test_an_uploaded_photo_is_in_the_shop_at_once(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    shopper = shop.visitor()
    assert "<picture>" not in shopper.get("/products/everyday-mug").text
    added = uploads(visitor, address, jpeg(400, 300))
    assert (added.status_code, added.location) == (303, f"{address}#photos")
    assert text_of(visitor.get(address).text, ".notices") == "The photo is added."
    (name,) = names(shop)
    (shown,) = elements(parsed(shopper.get("/products/everyday-mug").text), ".product-first img")
    source = str(attributes(shown)["src"])
    assert name in source
    assert shopper.get(source).status_code == 200
    assert name in shopper.get("/products?q=everyday").text


def test_a_photo_of_usual_size_is_taken(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    """Its octets have all that a parser of forms looks for, such as line breaks."""
    noise = Image.frombytes("RGB", (900, 600), random.Random(1).randbytes(900 * 600 * 3))
    octets = saved(noise, quality=95)
    assert len(octets) > 5 * BODY_LIMIT_BYTES
    assert uploads(visitor, address, octets).status_code == 303
    assert len(names(shop)) == 1


def test_photos_are_added_behind_moved_and_removed(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    for width in (61, 62, 63):
        assert uploads(visitor, address, jpeg(width)).status_code == 303
    first, second, third = names(shop)
    labels = [attributes(each).get("aria-label") for each in
              elements(parsed(visitor.get(address).text), ".admin-photos button")]  # fmt: skip
    assert labels == [
        "Move photo 1 later",
        "Remove photo 1",
        "Save what photo 1 shows",
        "Move photo 2 earlier",
        "Move photo 2 later",
        "Remove photo 2",
        "Save what photo 2 shows",
        "Move photo 3 earlier",
        "Remove photo 3",
        "Save what photo 3 shows",
    ]
    moved = sends(visitor, f"{address}/photos/{third}/move", to="earlier")
    assert (moved.status_code, moved.location) == (303, f"{address}#photos")
    assert names(shop) == [first, third, second]
    sends(visitor, f"{address}/photos/{first}/move", to="later")
    assert names(shop) == [third, first, second]
    sends(visitor, f"{address}/photos/{third}/move", to="earlier")
    sends(visitor, f"{address}/photos/{second}/move", to="later")
    sends(visitor, f"{address}/photos/{second}/move", to="sideways")
    assert names(shop) == [third, first, second]
    assert sends(visitor, f"{address}/photos/{first}/remove").status_code == 303
    assert text_of(visitor.get(address).text, ".notices") == "The photo is removed."
    assert names(shop) == [third, second]


def texts(shop: OpenShop, sku: str = "MUG") -> list[str]:
    query = "select text from photos where product_number = ? order by position"
    return [text for (text,) in shop.sql(query, shop.number(sku))]


def test_a_keeper_says_what_a_photo_shows_and_shoppers_hear_it(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg(61), text="A  blue mug\t")
    uploads(visitor, address, jpeg(62))
    first, second = names(shop)
    said = 'Seen "from above" & <beside> 茶'
    saved = sends(visitor, f"{address}/photos/{second}/text", text=f" {said} ")
    assert (saved.status_code, saved.location) == (303, f"{address}#photos")
    page = visitor.get(address).text
    assert text_of(page, ".notices").endswith("What the photo shows is saved.")
    fields = elements(parsed(page), ".admin-photo-text textarea")
    assert [field.to_text() for field in fields] == ["A blue mug", said]
    shopper = shop.visitor()
    product = parsed(shopper.get("/products/everyday-mug").text)
    alts = [attributes(image)["alt"] for image in elements(product, ".product img")]
    assert alts == ["A blue mug", said]
    (preview,) = elements(product, "meta[property='og:image:alt']")
    assert attributes(preview)["content"] == "A blue mug"
    german = parsed(shopper.get("/de/products/everyday-mug").text)
    languages = [attributes(image).get("lang") for image in elements(german, ".product img")]
    assert languages == ["en-GB", "en-GB"]

    sends(visitor, f"{address}/photos/{second}/move", to="earlier")
    assert (names(shop), texts(shop)) == ([second, first], [said, "A blue mug"])
    sends(visitor, f"{address}/photos/{second}/text", text=" ")
    assert texts(shop) == ["", "A blue mug"]


def test_a_photo_stands_in_silence_where_its_name_is_beside_it(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg(), text="A blue mug")
    shopper = shop.visitor()
    shopper.add("MUG")
    for page in ("/products?q=everyday", "/cart", "/checkout"):
        images = elements(parsed(shopper.get(page).text), "main picture img")
        assert [attributes(image)["alt"] for image in images] == [""], page


@pytest.mark.parametrize("is_new", [pytest.param(True, id="upload"), pytest.param(False, id="old")])
def test_a_text_that_is_too_long_is_kept_in_its_field(
    shop: OpenShop, visitor: LintingClient, address: str, is_new: bool
) -> None:
    uploads(visitor, address, jpeg(61), text="茶" * 200)
    (name,) = names(shop)
    before, typed = shop.dump(), "x" * 201
    if is_new:
        refused = uploads(visitor, address, jpeg(62), text=typed)
    else:
        refused = sends(visitor, f"{address}/photos/{name}/text", text=typed)
    assert refused.status_code == 422
    assert said(refused).startswith("Please say in at most 200 characters what the photo shows.")
    fields = elements(parsed(refused.text), "textarea[name=text]")
    assert [field.to_text() for field in fields] == (["茶" * 200, typed] if is_new else [typed, ""])
    assert shop.dump() == before


def test_what_is_typed_for_a_photo_that_is_refused_stays(
    visitor: LintingClient, address: str
) -> None:
    refused = uploads(visitor, address, b"<svg/>", text="A blue mug")
    (field,) = elements(parsed(refused.text), "textarea[name=text]")
    assert field.to_text() == "A blue mug"


def test_each_product_says_itself_what_a_shared_photo_shows(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg(), text="A blue mug")
    uploads(visitor, address_of(shop, "PENCIL"), jpeg())
    assert names(shop) == names(shop, "PENCIL")
    assert (texts(shop), texts(shop, "PENCIL")) == (["A blue mug"], [""])


def test_a_photo_that_another_keeper_has_removed(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg())
    (name,) = names(shop)
    sends(visitor, f"{address}/photos/{name}/remove")
    for what in ("move", "remove", "text"):
        assert sends(visitor, f"{address}/photos/{name}/{what}", to="later").status_code == 303
        notices = text_of(visitor.get(address).text, ".notices")
        assert notices.endswith("The photo was no longer there.")


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b"", "It is empty.", id="empty"),
        pytest.param(b"<svg xmlns='x'/>", "text with markup", id="SVG"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC photo", id="HEIC"),
        pytest.param(b"MZ" + bytes(100), "not a JPEG, PNG, WebP or AVIF photo", id="a program"),
        pytest.param(jpeg()[:400], "It is damaged", id="half a photo"),
        pytest.param(saved(picture(), "GIF"), "not a JPEG, PNG", id="GIF, called JPEG"),
        pytest.param(animated("WEBP"), "It is animated.", id="animated"),
        pytest.param(jpeg() + b"<script>", "a picture and something else", id="a web page too"),
        pytest.param(
            png_that_claims(9000, 9000), "9,000 × 9,000 pixels, more than 64 million", id="a bomb"
        ),
        pytest.param(png_that_claims(60000, 60000), "more than 64 million", id="a larger bomb"),
        pytest.param(jpeg() + bytes(MOST_BYTES), "larger than 30 MB", id="too large"),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(
    shop: OpenShop, visitor: LintingClient, address: str, octets: bytes, expected: str
) -> None:
    uploads(visitor, address, jpeg(61))
    before = shop.dump()
    refused = uploads(visitor, address, octets)
    assert refused.status_code == 422
    assert expected in said(refused)
    assert "The product’s photos are as they were." in said(refused) or not octets
    assert shop.dump() == before


def test_no_file_and_a_photo_that_is_there_already(visitor: LintingClient, address: str) -> None:
    nothing = uploads(visitor, address, b"", name="")
    assert (nothing.status_code, said(nothing)) == (422, "Choose a photo first.")
    assert said(sends(visitor, f"{address}/photos")) == "Choose a photo first."
    uploads(visitor, address, jpeg())
    assert "has this photo already" in said(uploads(visitor, address, jpeg()))


def test_a_body_beyond_the_limit_is_refused_with_the_limit(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    before = shop.dump()
    refused = uploads(visitor, address, bytes(MOST_BYTES + 2 * BODY_LIMIT_BYTES))
    assert refused.status_code == 413
    assert "A photo can have up to 30 MB" in text_of(refused.text, "main")
    long = uploads(visitor, address, jpeg(), note="x" * (4 * BODY_LIMIT_BYTES + 1))
    assert long.status_code == 413
    assert shop.dump() == before


def test_only_an_upload_may_be_larger_than_a_form(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg())
    (name,) = names(shop)
    large = "x" * (BODY_LIMIT_BYTES + 1)
    for where in (address, PRODUCTS, f"{address}/photos/{name}/move"):
        assert sends(visitor, where, note=large).status_code == 413, where
    shopper = shop.visitor()
    assert shopper.post("/cart/lines", data={"sku": large}).status_code == 413


def test_a_large_upload_of_a_stranger_is_not_read(shop: OpenShop, address: str) -> None:
    add_keeper(shop)
    stranger = shop.visitor()
    token = csrf_token(stranger.get("/admin/sign-in").text)
    refused = posts(stranger, address, bytes(BODY_LIMIT_BYTES * 3), csrf_token=token)
    assert (refused.status_code, text_of(refused.text, "h1")) == (403, "You are not signed in")


def test_an_upload_without_its_token_is_refused(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    refused = posts(visitor, address, jpeg())
    assert (refused.status_code, names(shop)) == (400, [])


def test_photos_of_a_product_that_was_deleted(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    uploads(visitor, address, jpeg(61))
    (name,) = names(shop)
    shop.run("catalogue", "remove", "MUG", "--delete")
    assert uploads(visitor, address, jpeg()).status_code == 404
    for what in ("move", "remove", "text"):
        assert sends(visitor, f"{address}/photos/{name}/{what}").status_code == 404


def test_a_full_disk_is_said(
    shop: OpenShop, visitor: LintingClient, address: str, tmp_path: Path
) -> None:
    (tmp_path / files.FOLDER).write_text("a file where the folder should be")
    refused = uploads(visitor, address, jpeg())
    assert refused.status_code == 503
    assert "could not keep it: Not a directory." in said(refused)
    assert names(shop) == []


def test_an_upload_removes_files_that_nobody_uses(
    shop: OpenShop, visitor: LintingClient, address: str, tmp_path: Path
) -> None:
    uploads(visitor, address, jpeg(61))
    (old,) = names(shop)
    sends(visitor, f"{address}/photos/{old}/remove")
    uploads(visitor, address, jpeg(62))
    assert (tmp_path / files.FOLDER / old).is_dir()
    shop.clock.now = int((tmp_path / files.FOLDER / old).stat().st_mtime) + files.KEPT_SECONDS + 1
    shop.sql("update keeper_sessions set started_at = ?, seen_at = ?", *[shop.clock.now] * 2)
    uploads(visitor, address, jpeg(63))
    assert not (tmp_path / files.FOLDER / old).exists()


def test_the_demo_in_memory_takes_no_photos(open_shop: Opener, tmp_path: Path) -> None:
    demo = open_shop(SHOP_DATABASE_URL=memory_url("photos"))
    with reading(demo.engine):  # as long as somebody has a connection, there is a database
        schema.migrate(demo.engine)
        row = {"sku": "MUG", "name": "Mug", "price": "9.50"}
        defaults = demo.app.extensions["shop"].defaults
        editing.add(demo.engine, row, defaults=defaults, now=demo.clock.now)
        accounts.add(demo.engine, EMAIL, PASSWORD, now=demo.clock.now)
        visitor = demo.visitor()
        signs_in(visitor)
        refused = uploads(visitor, f"{PRODUCTS}/1", jpeg())
    assert (refused.status_code, "takes no photos" in said(refused)) == (422, True)
    assert not (tmp_path / files.FOLDER).exists()


def test_a_photo_at_which_the_other_process_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.001)
    with pytest.raises(PhotoRefused, match="could not be read on the shop’s machine"):
        apart.render(jpeg())
