"""Breaks of what a keeper takes out of the admin, files and papers, and of mail seen there."""

from __future__ import annotations

from mutants.entry import Break

_EXPORT = "shop/storage/orders/export.py"
_ORDER_TESTS = ("tests/integration/test_orders.py",)
_ADMIN_TESTS = ("tests/integration/test_admin_orders.py",)
_MAIL_TESTS = ("tests/integration/test_admin_mail.py",)
_PDF_TESTS = ("tests/integration/test_pdf.py",)

BREAKS = (
    Break(
        "a cell of an export is a formula",
        "A shopper's name runs in the keeper's spreadsheet.",
        _EXPORT,
        "[harmless(cell(order)) for cell in",
        "[cell(order) for cell in",
        _ORDER_TESTS,
    ),
    Break(
        "a formula hides behind a semicolon",
        "In a spreadsheet with decimal commas, a shopper's note is cut into cells that run.",
        _EXPORT,
        "(?:^|(?<=[;\\t\\r\\n]))",
        "^",
        _ORDER_TESTS,
    ),
    Break(
        "a download forgets the search",
        "A keeper hands on the addresses of all shoppers, not of those that were looked for.",
        "shop/admin/orders.py",
        "listing.each(connection, **conditions)",
        "listing.each(connection)",
        _ADMIN_TESTS,
    ),
    Break(
        "a download reads a whole shop at once",
        "A large shop runs out of memory.",
        "shop/admin/orders.py",
        "lines = export.lines(listing.each(connection, **conditions))",
        "lines = iter(list(export.lines(listing.each(connection, **conditions))))",
        _ADMIN_TESTS,
    ),
    Break(
        "nobody learns that mail was given up",
        "Shoppers wait for mail that nobody sends, and the keeper does not know.",
        "shop/admin/frame.py",
        "return outbox.counts(connection).given_up",
        "return 0",
        _MAIL_TESTS,
    ),
    Break(
        "a GET sends a message again",
        "A page that a browser loads ahead writes to a shopper.",
        "shop/admin/mail.py",
        '@blueprint.post(f"{_NUMBER}/again")',
        '@blueprint.route(f"{_NUMBER}/again", methods=["GET", "POST"])',
        _MAIL_TESTS,
    ),
    Break(
        "the admin's error page needs the database",
        "When the database is down, its page breaks instead of saying so.",
        "shop/admin/frame.py",
        'return _page("admin/error.html", status, {"code": status, "error_text": error_text})',
        'return page("admin/error.html", status=status, code=status, error_text=error_text)',
        _MAIL_TESTS,
    ),
    Break(
        "a PDF fetches what its page names",
        "Whoever gets an address into an order has the shop's server ask for it.",
        "shop/pdf/writing.py",
        'url_fetcher=OwnFiles(page["styles"])',
        "url_fetcher=URLFetcher()",
        _PDF_TESTS,
    ),
    Break(
        "the process of a PDF knows the shop's secrets",
        "A fault of a library for fonts can read the keys that sign carts and sessions.",
        "shop/pdf/process.py",
        "env=_without_secrets(os.environ)",
        "env=dict(os.environ)",
        _PDF_TESTS,
    ),
    Break(
        "a PDF that fails is a broken page",
        "A keeper sees that something broke, and not that the page can be printed.",
        "shop/admin/papers.py",
        "except NotWritten as problem:",
        "except ZeroDivisionError as problem:",
        _PDF_TESTS,
    ),
    Break(
        "a PDF is offered where it cannot be made",
        "Without Pango, every link to a PDF leads to a message that it failed.",
        "shop/pdf/process.py",
        "return Typesetter() if any(_is_there(name, load) for name in LIBRARIES) else None",
        "return Typesetter()",
        _PDF_TESTS,
    ),
    Break(
        "a PDF takes the keeper's message away",
        "What the shop wants to say is lost in a file that shows no messages.",
        "shop/admin/frame.py",
        "return render_template(template, keeper=None, notices_now=[], mail_given_up=0, **context)",
        "return _page(template, HTTPStatus.OK, context).get_data(as_text=True)",
        _PDF_TESTS,
    ),
)
