"""Breaks of product photos."""

from __future__ import annotations

from mutants.entry import Break

_READING = "shop/storage/photos/reading.py"
_READING_TESTS = ("tests/unit/storage/photos/test_reading.py",)
_RENDERING_TESTS = ("tests/unit/storage/photos/test_rendering.py",)
_PAGE_TESTS = ("tests/integration/test_photo_pages.py",)
_FOLDER_TESTS = ("tests/integration/test_photos.py",)

BREAKS = (
    Break(
        "a photo of any number of bytes is read",
        "One upload fills the memory of the shop.",
        _READING,
        "if len(octets) > MOST_BYTES:",
        "if False:",
        _READING_TESTS,
    ),
    Break(
        "a decompression bomb is decoded",
        "A few kilobytes take gigabytes of memory.",
        _READING,
        "if image.width * image.height > MOST_PIXELS:",
        "if False:",
        _READING_TESTS,
    ),
    Break(
        "a bomb counts as a damaged photo",
        "The keeper exports it again, as large as it was.",
        _READING,
        "    except (Image.DecompressionBombError, Image.DecompressionBombWarning):\n"
        '        raise _too_many_pixels("It has very many pixels") from None\n',
        "",
        _READING_TESTS,
    ),
    Break(
        "a photo may be an archive or a web page too",
        "What passes the check as a photo is opened as a program elsewhere.",
        _READING,
        "if _FOREIGN.search(octets) or zipfile.is_zipfile(io.BytesIO(octets)):",
        "if False:",
        _READING_TESTS,
    ),
    Break(
        "the first picture of an animation is taken",
        "A keeper wonders why the photo does not move, and nobody says so.",
        _READING,
        'if getattr(image, "n_frames", 1) > 1 and',
        "if False and",
        _READING_TESTS,
    ),
    Break(
        "a truncated photo is kept",
        "Half of a photo is grey.",
        _READING,
        "        return _pixels(image)\n    except PhotoRefused:",
        "        from PIL import ImageFile\n\n"
        "        ImageFile.LOAD_TRUNCATED_IMAGES = True\n"
        "        return _pixels(image)\n    except PhotoRefused:",
        _READING_TESTS,
    ),
    Break(
        "any format that Pillow knows is read",
        "Rarely used decoders, and their mistakes, are open to whoever uploads.",
        _READING,
        "Image.open(io.BytesIO(octets), formats=READABLE)",
        "Image.open(io.BytesIO(octets))",
        _READING_TESTS,
    ),
    Break(
        "photos lie on their side",
        "Every photo that was taken upright with a phone is shown turned.",
        _READING,
        "    image = ImageOps.exif_transpose(image)\n",
        "",
        _READING_TESTS,
    ),
    Break(
        "colours are taken for sRGB",
        "Photos of most phones are shown in dull colours.",
        _READING,
        "    if profile:\n",
        "    if False:\n",
        _READING_TESTS,
    ),
    Break(
        "the place of a photo is published",
        "Everybody can read where the photographer lives.",
        _READING,
        '    return Image.frombytes("RGB", image.size, image.tobytes())\n',
        "    return image\n",
        _RENDERING_TESTS,
    ),
    Break(
        "a product gets the photos that were not refused",
        "One damaged file reorders a product's photos without a word.",
        "shop/storage/photos/folder.py",
        "                break\n        else:\n            yield",
        "        if kept:\n            yield",
        _FOLDER_TESTS,
    ),
    Break(
        "a new photo is pruned before it is used",
        "A product loses the photo that is being uploaded.",
        "shop/storage/photos/files.py",
        "place.name not in used and place.stat().st_mtime <= now - KEPT_SECONDS",
        "place.name not in used",
        _FOLDER_TESTS,
    ),
    Break(
        "half a photo is left when the disk is full",
        "Pages link sizes of a photo that are not there.",
        "shop/storage/photos/files.py",
        "        shutil.rmtree(unfinished, ignore_errors=True)\n        raise",
        "        unfinished.rename(folder / rendering.photo.name)\n        raise",
        _FOLDER_TESTS,
    ),
    Break(
        "each card asks for its photo",
        "A list of products asks the database once for each of them.",
        "shop/web/site/addresses.py",
        "            return self.photo(product.photo)\n",
        "            from shop.storage.photos import assignments\n"
        "            from shop.web.site.shop import shop\n\n"
        "            number = product.number\n"
        "            kept = shop().catalogue.ask(assignments.photos, product_number=number)\n"
        "            return self.photo(kept[0])\n",
        _PAGE_TESTS,
    ),
    Break(
        "a photo is kept for a minute only",
        "Every visit loads every photo again.",
        "shop/web/pages/product.py",
        "mimetype=PHOTO_TYPES[ending])\n    keep_for_good(response)\n",
        "mimetype=PHOTO_TYPES[ending], max_age=60)\n",
        _PAGE_TESTS,
    ),
    Break(
        "whatever is in the folder of a photo is served",
        "A file that the shop did not write is sent with the type that its name claims.",
        "shop/web/pages/product.py",
        "width.isdecimal() and ending in PHOTO_TYPES",
        "True",
        _PAGE_TESTS,
    ),
    Break(
        "browsers are not offered AVIF",
        "Pages with photos are half as large again as they need to be.",
        "shop/web/site/product_picture.py",
        "        for ending in photo.formats\n",
        "        for ending in photo.formats[1:]\n",
        _PAGE_TESTS,
    ),
    Break(
        "photos are not backed up",
        "A restored shop links photos that it does not have.",
        "shop/storage/backups/contents.py",
        "PARTS = (KEYS, Part(PHOTOS))",
        "PARTS = (KEYS,)",
        ("tests/integration/test_backup.py",),
    ),
    Break(
        "the shop's own words are not backed up",
        "A restored shop is called Crumb, and has no legal pages.",
        "shop/storage/backups/backup.py",
        "        files |= own_files\n",
        "",
        ("tests/integration/test_backup.py",),
    ),
    Break(
        "a backup restores own words outside of the folder",
        "A file that somebody has changed overwrites any other of the machine.",
        "shop/storage/backups/contents.py",
        "return _is_plain(name) and is_own(place_of(name))",
        "return True",
        ("tests/integration/test_backup.py",),
    ),
    Break(
        "a backup restores own words through a link",
        "What is restored lands in a folder of somebody else's.",
        "shop/storage/backups/restore.py",
        "place in taken or not place.parent.resolve().is_relative_to(instance.resolve())",
        "place in taken",
        ("tests/integration/test_backup.py",),
    ),
    Break(
        "an import forgets what photos show",
        "Every import of the same folder takes away what a keeper wrote for those who do not see.",
        "shop/storage/photos/keeping.py",
        'it if it.photo.text else it.described(texts.get(it.photo.name, "")) for it in kept',
        "it for it in kept",
        _FOLDER_TESTS,
    ),
    Break(
        "a photo is described by another product",
        "A product's photo is described with what another product says of it.",
        "shop/storage/photos/assignments.py",
        '_kept(row).described("")',
        "_kept(row)",
        _FOLDER_TESTS,
    ),
    Break(
        "a photo speaks beside the product's name",
        "A screen reader reads a sentence before each name of a list or cart.",
        "shop/templates/components/picture.html",
        'alt="{{ text }}"',
        'alt="{{ text or picture.text }}"',
        ("tests/integration/test_admin_photos.py",),
    ),
)
