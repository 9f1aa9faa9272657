"""Breaks of how keepers change products."""

from __future__ import annotations

from mutants.entry import Break

_EDITING = "shop/storage/products/editing.py"
_PHOTOS = "shop/admin/products/photos.py"
_PHOTO_TESTS = ("tests/integration/test_admin_photos.py",)
_TESTS = ("tests/integration/test_admin_products.py",)

BREAKS = (
    Break(
        "the second of two keepers overwrites the first",
        "A price that somebody has just corrected is wrong again, and nobody is told.",
        _EDITING,
        "if seen_before.version != seen(product, defaults).version:",
        "if False:",
        _TESTS,
    ),
    Break(
        "a keeper's form overwrites the stock",
        "What was sold while a keeper corrected a word is sold a second time.",
        _EDITING,
        "        return replace(row, stock=ABSENT)\n",
        "        return row\n",
        _TESTS,
    ),
    Break(
        "a keeper's count hides what was sold meanwhile",
        "A stock counted before an order counts its pieces too.",
        _EDITING,
        "    if seen_before.stock != now:\n        raise ProductChanged\n",
        "",
        _TESTS,
    ),
    Break(
        "any sale refuses a keeper's change",
        "In a busy shop a keeper never gets a word corrected.",
        _EDITING,
        '    stock = cells.pop("stock")\n',
        '    stock = cells["stock"]\n',
        _TESTS,
    ),
    Break(
        "a new product takes over a known SKU",
        "A keeper adds a product, and another one has its name and price.",
        _EDITING,
        "        _check_sku(connection, row.sku)\n",
        "",
        _TESTS,
    ),
    Break(
        "a variant that is saved leaves its group",
        "A keeper corrects a price, and the page no longer offers that size.",
        _EDITING,
        """required = {"sku": "", "name": "", "price": ""}""",
        """required = {"sku": "", "name": "", "price": "", "group": ""}""",
        ("tests/integration/test_variants.py",),
    ),
    Break(
        "an upload needs no token",
        "Another site gives the shop's products its own photos, in a keeper's browser.",
        _PHOTOS,
        "        protect.protect()\n",
        "        del protect\n",
        _PHOTO_TESTS,
    ),
    Break(
        "an upload is read like the fields of a form",
        "Hardly any photo of a camera can be uploaded.",
        _PHOTOS,
        "        request.max_form_memory_size = 4 * BODY_LIMIT_BYTES\n",
        "",
        _PHOTO_TESTS,
    ),
    Break(
        "an upload may be of any size",
        "One keeper's film fills the disk of the shop.",
        _PHOTOS,
        "request.max_content_length = MOST_BYTES + BODY_LIMIT_BYTES",
        "request.max_content_length = 100 * MOST_BYTES",
        _PHOTO_TESTS,
    ),
    Break(
        "an upload removes the photo that was there",
        "A product has only the photo that came last.",
        "shop/storage/photos/keeping.py",
        "assignments.assign(connection, product_number, [*had, kept])",
        "assignments.assign(connection, product_number, [kept])",
        _PHOTO_TESTS,
    ),
)
