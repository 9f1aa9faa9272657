"""`shop photos`: products get photos from a folder, and lose none by an accident."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shop.core.errors import PhotoRefused
from shop.storage import catalogue
from shop.storage.engine import reading
from shop.storage.photos import assignments, files, keeping, rendering
from tests.conftest import OpenShop
from tests.integration.test_backup import REFUSED
from tests.photographs import jpeg, picture, saved

HOUR = 3_600


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A keeper's folder of photos."""
    folder = tmp_path / "from the camera"
    folder.mkdir()
    (folder / "MUG.jpg").write_bytes(jpeg(61))
    return folder


@pytest.fixture
def kept_in(tmp_path: Path) -> Path:
    return tmp_path / "photos"


def names_of(shop: OpenShop, sku: str) -> list[str]:
    """The names of a product's photos, in their order."""
    question = (
        "select photos.name from photos join products on number = product_number "
        "where sku = ? order by position"
    )
    return [name for (name,) in shop.sql(question, sku)]


def grow_old(kept_in: Path) -> None:
    """Lets an hour pass for everything that is kept."""
    for place in kept_in.iterdir():
        os.utime(place, (time.time() - HOUR, time.time() - HOUR))


def test_a_folder_gives_products_their_photos(
    shop: OpenShop, pictures: Path, tmp_path: Path, kept_in: Path
) -> None:
    (pictures / "MUG-10.jpg").write_bytes(jpeg(62))
    (pictures / "mug-2.png").write_bytes(saved(picture(63), "PNG"))
    (pictures / "pencil.webp").write_bytes(saved(picture(64), "WEBP"))
    (pictures / ".DS_Store").write_bytes(b"\0")
    (pictures / "raw").mkdir()
    assert shop.run("photos", "import", pictures) == "4 photos of 2 products imported.\n"
    engine = shop.app.extensions["shop"].engine
    with reading(engine) as connection:
        photos = assignments.photos(connection, shop.number("MUG"))
        mug = catalogue.by_skus(connection, ["MUG"])["MUG"]
    assert [photo.width for photo in photos] == [61, 63, 62], "by their numbers, not as text"
    assert mug.photo == photos[0]
    for photo in photos:
        assert (kept_in / photo.name).stat().st_mode & 0o777 == 0o755, "another user may serve it"
        kept = sorted(file.name for file in (kept_in / photo.name).iterdir())
        assert kept == [f"{photo.width}.avif", f"{photo.width}.jpg", f"{photo.width}.webp"]


def test_the_same_folder_again_renders_nothing(
    shop: OpenShop, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("photos", "import", pictures)
    before = shop.dump()
    monkeypatch.setattr(rendering, "render", lambda _: pytest.fail("it was rendered again"))
    said = shop.run("photos", "import", pictures)
    assert said == "No photos were imported.\n1 product had the same photos already.\n"
    assert shop.dump() == before


def test_files_that_were_lost_are_made_again(
    shop: OpenShop, pictures: Path, tmp_path: Path, kept_in: Path
) -> None:
    shop.run("photos", "import", pictures)
    (place,) = kept_in.iterdir()
    place.rename(tmp_path / "lost")
    shop.run("photos", "import", pictures)
    assert sorted(file.name for file in place.iterdir()) == ["61.avif", "61.jpg", "61.webp"]


def test_a_refused_file_leaves_its_product_as_it_was_and_no_other(
    shop: OpenShop, pictures: Path, tmp_path: Path
) -> None:
    shop.run("photos", "import", pictures)
    before = names_of(shop, "MUG")
    (pictures / "MUG.jpg").write_bytes(jpeg(70))
    (pictures / "MUG-2.jpg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    (pictures / "PENCIL.jpg").write_bytes(jpeg(71))
    said = shop.run("photos", "import", pictures, exit_code=REFUSED)
    assert said == (
        "1 photo of 1 product imported.\n"
        "MUG-2.jpg was refused: It is text with markup, such as HTML or SVG, and not a photo. "
        "MUG keeps the photos that it had. Save the photo as JPEG, and try again.\n"
    )
    assert names_of(shop, "MUG") == before
    assert len(names_of(shop, "PENCIL")) == 1


def test_files_without_a_place_are_named(shop: OpenShop, pictures: Path, tmp_path: Path) -> None:
    (pictures / "MUGG.jpg").write_bytes(jpeg())
    (pictures / "PENCIL.jpg").write_bytes(jpeg(62))
    (pictures / "pencil-1.png").write_bytes(jpeg(63))
    said = shop.run("photos", "import", pictures, exit_code=REFUSED)
    assert said == (
        "1 photo of 1 product imported.\n"
        "MUGG.jpg was left out: no product has the SKU MUGG. Name it by a SKU, such as MUG-2.jpg.\n"
        "PENCIL.jpg and pencil-1.png are both photo 1 of PENCIL, which keeps the photos that it "
        "had. Remove one of them.\n"
    )
    assert names_of(shop, "PENCIL") == []


def texts_of(shop: OpenShop) -> dict[str, str]:
    query = "select sku, text from photos join products on number = product_number where text <> ''"
    return {str(sku): str(text) for sku, text in shop.sql(query)}


def test_a_text_file_beside_a_photo_says_what_it_shows(shop: OpenShop, pictures: Path) -> None:
    (pictures / "PENCIL.jpg").write_bytes(jpeg(62))
    (pictures / "MUG.txt").write_text("\ufeffA mug,\nin blue 茶\n", "utf-8")
    (pictures / "pencil.TXT").write_text("x" * 200)
    assert shop.run("photos", "import", pictures) == "2 photos of 2 products imported.\n"
    assert texts_of(shop) == {"MUG": "A mug, in blue 茶", "PENCIL": "x" * 200}

    (pictures / "MUG.txt").unlink()
    (pictures / "pencil.TXT").write_text("A pencil")
    said = shop.run("photos", "import", pictures)
    assert said.startswith("1 photo of 1 product imported.\n1 product had the same photos already.")
    assert texts_of(shop) == {"MUG": "A mug, in blue 茶", "PENCIL": "A pencil"}
    kept = keeping.keep(shop.engine, shop.folder / "photos", jpeg(62))
    assert kept.photo.text == "", "it is what one product says, and no other"


def test_a_text_that_cannot_be_used_is_named_and_its_photo_is_imported(
    shop: OpenShop, pictures: Path
) -> None:
    (pictures / "MUG.txt").write_text("x" * 201)
    (pictures / "mug-1.txt").write_bytes("Käse".encode("latin-1"))
    (pictures / "MUG-2.txt").write_text("A photo that is not here")
    (pictures / "PENCIL.jpg").write_bytes(jpeg(62))
    (pictures / "PENCIL.txt").write_text("A pencil")
    (pictures / "pencil-1.txt").write_bytes(b"x" * 100_000)
    said = shop.run("photos", "import", pictures, exit_code=REFUSED)
    assert said == (
        "2 photos of 2 products imported.\n"
        "MUG-2.txt was left out: no photo of this name is in the folder.\n"
        "MUG.txt was left out: it has more than 200 characters. Please shorten it.\n"
        "mug-1.txt was left out: it is not UTF-8. Save it as plain text in UTF-8.\n"
        "pencil-1.txt was left out: another file says what this photo shows. Remove one of them.\n"
    )
    assert texts_of(shop) == {"PENCIL": "A pencil"}


def test_a_whole_sku_comes_before_a_number(shop: OpenShop, pictures: Path, tmp_path: Path) -> None:
    shop.sql("update products set sku = 'MUG-2' where sku = 'MUG-OAT'")
    shop.sql("update products set sku = 'A/B' where sku = 'PENCIL'")
    shop.sql("update products set sku = 'mug' where sku = 'JUG-MILK'")
    for name in ("MUG-2.jpg", "a_b.jpg", "Mug.jpg"):
        (pictures / name).write_bytes(jpeg(80))
    said = shop.run("photos", "import", pictures, exit_code=REFUSED)
    assert "Mug.jpg was left out: it could belong to MUG or mug. Write it as the SKU is." in said
    assert [len(names_of(shop, sku)) for sku in ("MUG", "MUG-2", "A/B", "mug")] == [1, 1, 1, 0]


def test_replaced_photos_are_removed_after_an_hour(
    shop: OpenShop, pictures: Path, tmp_path: Path, kept_in: Path
) -> None:
    shop.run("photos", "import", pictures)
    old = names_of(shop, "MUG")
    (kept_in / ".unfinished-upload").mkdir()
    (kept_in / "notes").mkdir()
    (pictures / "MUG.jpg").write_bytes(jpeg(90))
    shop.run("photos", "import", pictures)
    assert shop.run("photos", "prune") == "There is nothing to remove.\n"
    assert (kept_in / old[0]).is_dir(), "somebody may be about to use it"
    grow_old(kept_in)
    assert shop.run("photos", "prune") == "1 photo that no product has any more removed.\n"
    assert {place.name for place in kept_in.iterdir()} == {*names_of(shop, "MUG"), "notes"}


def test_photos_go_with_their_product(
    shop: OpenShop, pictures: Path, tmp_path: Path, kept_in: Path
) -> None:
    (pictures / "PENCIL.jpg").write_bytes(jpeg(61))
    shop.run("photos", "import", pictures)
    assert names_of(shop, "PENCIL") == names_of(shop, "MUG"), "the same photo is kept once"
    shop.run("catalogue", "remove", "--delete", "PENCIL")
    grow_old(kept_in)
    shop.run("photos", "prune")
    assert [place.name for place in kept_in.iterdir()] == names_of(shop, "MUG")
    assert shop.run("photos", "remove", "MUG").splitlines() == [
        "Without photos now: MUG.",
        "1 photo that no product has any more removed.",
    ]
    assert not list(kept_in.iterdir())
    assert shop.run("photos", "remove", "MUG") == "There were no photos.\n"
    assert "No product has the SKU X" in shop.run("photos", "remove", "MUG", "X", exit_code=REFUSED)


def test_a_photo_that_cannot_be_written_leaves_nothing(
    shop: OpenShop, pictures: Path, tmp_path: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = shop.run("photos", "import", pictures, exit_code=REFUSED)
    assert "No space left on device. What was imported before is kept" in said
    assert names_of(shop, "MUG") == []
    assert not list(kept_in.iterdir())


def test_an_upload_is_added_as_the_last_photo(shop: OpenShop, kept_in: Path) -> None:
    engine, mug = shop.app.extensions["shop"].engine, shop.number("MUG")
    first = keeping.add(engine, kept_in, mug, jpeg(61))
    with pytest.raises(PhotoRefused):
        keeping.add(engine, kept_in, mug, b"<html>")
    second = keeping.add(engine, kept_in, mug, jpeg(62))
    assert names_of(shop, "MUG") == [first.name, second.name]
    assert files.has(kept_in, second.name)


def test_an_import_says_which_format_a_machine_cannot_write(
    shop: OpenShop, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "formats", lambda: ("webp", "jpg"))
    said = shop.run("photos", "import", pictures)
    assert "cannot write AVIF" in said
    assert shop.sql("select formats from photos") == [("webp,jpg",)]
