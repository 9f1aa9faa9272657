"""The `shop` command, as an operator uses it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from shop.cli import main
from shop.lab.encodings.encodings import ENCODINGS
from tests.conftest import KEY
from tests.integration.real_orders import folder

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "tests" / "unit" / "storage" / "catalogue_files" / "examples"
HEADER = "sku,name,price,currency\n"


class Operator:
    """An operator at a terminal, with their own instance folder."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.environ: dict[str, str | None] = {"SHOP_INSTANCE": str(instance)}

    def run(self, *arguments: str | Path, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(
            main, [str(argument) for argument in arguments], env=self.environ
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        assert result.exit_code == exit_code, result.output
        return result

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.instance / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.instance / "shop.sqlite3")) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def fresh_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    forget_settings(monkeypatch)
    return Operator(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `shop init` filled, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        forget_settings(patch)
        Operator(folder).run("init")
    return folder


@pytest.fixture
def operator(fresh_operator: Operator, prepared: Path) -> Operator:
    shutil.copytree(prepared, fresh_operator.instance, dirs_exist_ok=True)
    return fresh_operator


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHOP_SECRET_KEYS", "SHOP_DATABASE_URL", "SHOP_CART_BUDGET_BYTES"):
        monkeypatch.delenv(name, raising=False)


def test_init_says_what_is_wrong_in_the_file_of_the_shop(fresh_operator: Operator) -> None:
    (fresh_operator.instance / "shop.toml").write_text('nmae = "Leaf & Loaf"', "utf-8")
    result = fresh_operator.run("init", exit_code=1)
    assert "67 products added from catalogue.csv." in result.output
    assert "shop.toml, nmae: found an unknown key" in result.stderr


def test_init_sets_everything_up_once(fresh_operator: Operator, tmp_path: Path) -> None:
    fresh_operator.environ["SHOP_INSTANCE"] = str(tmp_path / "a" / "b")
    fresh_operator.instance = tmp_path / "a" / "b"
    assert "67 products added from catalogue.csv." in fresh_operator.run("init").output
    keys = fresh_operator.instance / "secret-keys"
    assert keys.stat().st_mode & 0o777 == 0o600
    assert len(keys.read_text("ascii").strip()) == 43
    before = keys.read_bytes(), fresh_operator.sql("select number, sku from products")
    assert fresh_operator.run("init").output == ""
    assert (keys.read_bytes(), fresh_operator.sql("select number, sku from products")) == before


@pytest.mark.parametrize("command", ["init", "migrate"])
def test_only_the_owner_reads_the_database(
    fresh_operator: Operator, tmp_path: Path, command: str
) -> None:
    fresh_operator.environ["SHOP_INSTANCE"] = str(tmp_path / "new")
    fresh_operator.instance = tmp_path / "new"
    fresh_operator.run(command)
    with closing(sqlite3.connect(fresh_operator.instance / "shop.sqlite3")) as connection:
        connection.execute("create table written (number)")
        files = list(fresh_operator.instance.glob("shop.sqlite3*"))
        assert len(files) == 3
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_database_of_an_older_shop_becomes_private(operator: Operator) -> None:
    database = operator.instance / "shop.sqlite3"
    database.chmod(0o644)
    operator.run("migrate")
    assert database.stat().st_mode & 0o777 == 0o600


def test_init_skips_the_demo_catalogue_in_another_currency(
    fresh_operator: Operator,
) -> None:
    fresh_operator.environ["SHOP_CURRENCY"] = "EUR"
    message = fresh_operator.run("init").output
    assert "the demo catalogue is priced in GBP, but this shop sells in EUR" in message
    assert "shop catalogue import FILE" in message
    assert fresh_operator.sql("select count(*) from products") == [(0,)]


def test_secret_prints_a_key_even_where_the_old_one_is_refused(fresh_operator: Operator) -> None:
    fresh_operator.environ["SHOP_SECRET_KEYS"] = "old"
    assert "`shop secret`" in fresh_operator.run("init", exit_code=1).stderr
    key = fresh_operator.run("secret").output.strip()
    fresh_operator.environ["SHOP_SECRET_KEYS"] = f"{key},old"
    fresh_operator.run("init")


def test_an_empty_shop_stays_empty(fresh_operator: Operator) -> None:
    said = "There are no products yet. Import your own: shop catalogue import FILE\n"
    assert fresh_operator.run("init", "--empty").output == said
    assert (fresh_operator.instance / "secret-keys").exists()
    assert fresh_operator.run("init").output == said, "as make run does at each start"
    assert fresh_operator.sql("select count(*) from products") == [(0,)]


def test_the_demo_can_be_brought_later(fresh_operator: Operator) -> None:
    fresh_operator.run("migrate")
    assert "67 products added" in fresh_operator.run("init", "--demo").output
    assert fresh_operator.run("init", "--demo").output == ""


def test_migrate_is_idempotent(fresh_operator: Operator) -> None:
    for _ in range(2):
        assert fresh_operator.run("migrate").output == "The database is up to date.\n"


@pytest.mark.parametrize(
    "command",
    [
        ("catalogue", "export"),
        ("catalogue", "import", "{file}"),
        ("catalogue", "remove", "MUG"),
        ("export-catalogue",),
        ("import-catalogue", "{file}"),
        ("budget", "{orders}"),
        ("cookie", "make", "MUG"),
        ("serve",),
    ],
    ids=" ".join,
)
def test_commands_report_an_unmigrated_database(
    fresh_operator: Operator, command: tuple[str, ...]
) -> None:
    fresh_operator.environ["SHOP_SECRET_KEYS"] = KEY
    places = {
        "file": fresh_operator.file("x.csv", HEADER + "A,a,1,GBP\n"),
        "orders": fresh_operator.file("o.csv", "order,sku,quantity\n1,A,1\n"),
    }
    result = fresh_operator.run(*(part.format(**places) for part in command), exit_code=1)
    assert result.stderr == "The database is not migrated: run `shop migrate` first.\n"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SHOP_PORT", "x", "SHOP_PORT=x: write a whole number from 1 to 65535."),
        ("SHOP_DATABASE_URL", "nonsense", "SHOP_DATABASE_URL is not an SQLAlchemy URL."),
        ("SHOP_DATABASE_URL", "sqlite:////nowhere/x", "The database refused: unable to"),
    ],
)
def test_invalid_settings_are_reported(
    fresh_operator: Operator, variable: str, value: str, message: str
) -> None:
    fresh_operator.environ[variable] = value
    assert fresh_operator.run("migrate", exit_code=1).stderr.startswith(message)


def numbers(operator: Operator) -> dict[str, int]:
    rows = operator.sql("select sku, number from products")
    return {str(sku): int(str(number)) for sku, number in rows}


def test_import_updates_and_adds_products_and_keeps_their_numbers(operator: Operator) -> None:
    before = numbers(operator)
    file = operator.file("new.csv", HEADER + "MUG,Other mug,10,GBP\nNEW,New thing,0.99,GBP\n")
    message = operator.run("catalogue", "import", file).output
    assert message == "1 product added and 1 product updated from new.csv.\n"
    after = numbers(operator)
    assert after == before | {"NEW": max(before.values()) + 1}
    assert operator.sql(
        "select slug, name, price_minor, vat_basis_points from products where sku = 'MUG'"
    ) == [("everyday-mug", "Other mug", 1000, 2000)]
    assert operator.sql(
        "select p.price_minor from prices p join products on products.number = product_number "
        "where sku = 'MUG' order by p.number"
    ) == [(950,), (1000,)]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        pytest.param(
            HEADER + "A,a,1,GBP\n,b,1,GBP\nC,c,-1,EUR\nA,d,1,GBP\n",
            [
                "Line 3, column sku: ", "Line 4, column price: ", "Line 4, column currency: ",
                "Line 5, column sku: A is also in line 2.",
            ],
            id="every problem is listed",
        ),
        pytest.param(HEADER + "A,a,1\n", ["Line 2: it has 3 cells, but the"], id="a short row"),
        pytest.param("sku,name,price\n", ["Line 1: the column currency is missing."], id="header"),
        pytest.param("", ["Line 1: the column sku"], id="an empty file"),
        pytest.param(
            "sku,name,price,currency,slug\nA,a,1,GBP,salt-pig\n",
            ["Line 2, column slug: salt-pig is already the slug of SALT-PIG."],
            id="a slug that is taken",
        ),
        pytest.param(HEADER.encode() + b"A,\xff,1,GBP\n", ["Line 2 is not utf-8"], id="not UTF-8"),
    ],
)  # fmt: skip
def test_a_file_with_any_problem_is_refused_whole(
    operator: Operator, content: str | bytes, problems: list[str]
) -> None:
    before = operator.sql("select * from products")
    message = operator.run(
        "catalogue", "import", operator.file("new.csv", content), exit_code=1
    ).stderr
    for problem, line in zip(problems, message.splitlines(), strict=False):
        assert line.startswith(problem)
    assert operator.sql("select * from products") == before


def test_a_problem_in_the_last_row_rolls_back_the_first(operator: Operator) -> None:
    before = operator.sql("select * from products")
    content = "sku,name,price,currency,slug\nMUG,Changed,1,GBP,\nNEW,New,1,GBP,salt-pig\n"
    operator.run("catalogue", "import", operator.file("new.csv", content), exit_code=1)
    assert operator.sql("select * from products") == before


def test_export_and_import_round_trip(operator: Operator, tmp_path: Path) -> None:
    exported = operator.run("catalogue", "export").stdout
    assert len(list(csv.DictReader(io.StringIO(exported)))) == 67
    other = Operator(tmp_path / "other")
    other.instance.mkdir()
    other.run("migrate")
    other.run("import-catalogue", other.file("all.csv", exported))
    assert other.run("export-catalogue").stdout == exported


def test_an_import_says_what_was_left_out_and_what_to_check(operator: Operator) -> None:
    file = EXAMPLES / "woocommerce.csv"
    assert operator.run("catalogue", "import", "--format", "woocommerce", file).output == (
        "6 products added from woocommerce.csv.\n"
        "Left out 1 row (line 3): a variable product, whose variations are read.\n"
        "Left out 1 row (line 9): a grouped product, whose members are read.\n"
        "Left out 1 row (line 10): sold on another site.\n"
        "Left out 1 row (line 11): without a price.\n"
        "Check 1 product (line 2): the sale price was ignored and the regular price used.\n"
        "Check 2 products (lines 4, 5): the file has no rate for its tax class, so it gets the "
        "shop's VAT rate.\n"
        "Check 1 product (line 4): it shares its stock with other variations, and each was given "
        "all of it.\n"
    )


def test_many_lines_are_named_in_part(operator: Operator) -> None:
    rows = "".join(f"P{number},Picture,\n" for number in range(1200))
    file = operator.file("x.csv", f"Handle,Title,Variant Price\n{rows}")
    message = operator.run("catalogue", "import", file, "--format", "shopify").output
    assert "No products from x.csv." in message
    assert "Left out 1,200 rows (lines 2, 3, 4, 5, 6 and 1,195 more): without a price." in message


def test_an_encoding_can_be_given(operator: Operator) -> None:
    file = operator.file("new.csv", f"{HEADER}CAF,Café,1,GBP\n".encode("cp1252"))
    message = operator.run("catalogue", "import", file, exit_code=1).stderr
    assert "add --encoding windows-1252" in message
    operator.run("catalogue", "import", file, "--encoding", "windows-1252")
    assert operator.sql("select name from products where sku = 'CAF'") == [("Café",)]


def test_replace_takes_what_is_not_in_the_file_out_of_sale(operator: Operator) -> None:
    before = numbers(operator)
    file = operator.file("new.csv", f"{HEADER}MUG,Mug,1,GBP\nNEW,New,2,GBP\n")
    active = len(operator.sql("select * from products where is_active"))
    message = operator.run("catalogue", "import", "--replace", file).output
    assert message == (
        "1 product added and 1 product updated from new.csv.\n"
        f"{active - 1} products are not in the file and are no longer sold.\n"
    )
    sold = operator.sql("select sku from products where is_active order by number")
    assert sold == [("MUG",), ("NEW",)]
    assert before.items() <= numbers(operator).items()


def test_replace_sells_again_what_comes_back(operator: Operator) -> None:
    for sku in ("MUG", "PENCIL", "MUG"):
        file = operator.file("new.csv", f"{HEADER}{sku},{sku},1,GBP\n")
        operator.run("catalogue", "import", file, "--replace")
        assert operator.sql("select sku from products where is_active") == [(sku,)]


def test_replace_by_nothing_changes_nothing(operator: Operator) -> None:
    before = operator.sql("select * from products")
    file = operator.file("new.csv", HEADER)
    message = operator.run("catalogue", "import", "--replace", file, exit_code=1).stderr
    assert message == "There are no products in new.csv, so nothing was changed.\n"
    assert operator.sql("select * from products") == before


def test_replace_is_undone_with_the_rest_of_an_import(operator: Operator) -> None:
    before = operator.sql("select * from products")
    content = "sku,name,price,currency,slug\nNEW,New,1,GBP,salt-pig\n"
    file = operator.file("new.csv", content)
    operator.run("catalogue", "import", "--replace", file, exit_code=1)
    assert operator.sql("select * from products") == before


def test_removed_products_are_no_longer_sold_but_kept(operator: Operator) -> None:
    before = numbers(operator)
    assert operator.run("catalogue", "remove", "MUG", "STATE-DISCONTINUED", "PENCIL").output == (
        "No longer sold: MUG, PENCIL.\nAlready withdrawn from sale: STATE-DISCONTINUED.\n"
    )
    assert numbers(operator) == before
    inactive = operator.sql("select sku from products where not is_active order by sku")
    assert inactive == [("MUG",), ("PENCIL",), ("STATE-DISCONTINUED",)]


@pytest.mark.parametrize("options", [(), ("--delete",)], ids=["remove", "delete"])
def test_unknown_products_are_named_and_nothing_is_removed(
    operator: Operator, options: tuple[str, ...]
) -> None:
    before = operator.sql("select * from products")
    result = operator.run("catalogue", "remove", "MUG", "NOPE", "mug", *options, exit_code=1)
    assert result.stderr == "No product has the SKU NOPE, mug, so nothing was changed.\n"
    assert operator.sql("select * from products") == before


def test_the_number_of_a_deleted_product_is_never_given_again(operator: Operator) -> None:
    file = operator.file("new.csv", f"{HEADER}NEW,New,1,GBP\n")
    operator.run("catalogue", "import", file)
    number = numbers(operator)["NEW"]
    assert operator.run("catalogue", "remove", "--delete", "NEW", "NEW").output == (
        "Deleted: NEW.\n"
    )
    assert "NEW" not in numbers(operator)
    assert operator.sql(f"select * from prices where product_number = {number}") == []
    operator.run("catalogue", "import", file)
    assert numbers(operator)["NEW"] == number + 1


def test_cookie_make_and_read_round_trip(operator: Operator) -> None:
    made = operator.run("cookie", "make", "MUG*2, PENCIL").stdout.strip()
    assert made.startswith("cart=")
    for value in (made, made.removeprefix("cart=")):
        message = operator.run("cookie", "read", value).stdout
        assert "      2 x #1  MUG  Everyday mug" in message
        assert f"bytes    {len(made) - 1} of 4096: name 4, form 1, " in message
        assert "JSON     [2," in message


def test_cookie_make_secure_and_expired_cookies(operator: Operator) -> None:
    made = operator.run("cookie", "make", "--secure", "--aged", "1.5", "MUG").stdout.strip()
    assert made.startswith("__Host-cart=")
    message = operator.run("cookie", "read", made).stdout
    assert "age      1 days 12 h 0 min" in message
    assert f"bytes    {len(made) - 1} of 4096: name 11, " in message
    aged = operator.run("cookie", "make", "--aged", "31", "MUG").stdout.strip()
    result = operator.run("cookie", "read", aged, exit_code=1)
    assert "1 x #1  MUG" in result.stdout
    assert "\nExpired: " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("make", "NOPE"), "No product has the SKU NOPE."),
        (("make", "MUG,MUG"), "This is not a cart: two lines of one product."),
        (("make", "MUG*0"), "This is not a cart: quantity 0 is out of range."),
        (("make", ""), "Write a cart as SKU*quantity"),
        (("make", "--aged", "99999999", "MUG"), "This is not a cart: "),
        (("read", "hello"), "Malformed: not the shape of a cart cookie"),
        (("read", "é" * 5000), "Malformed: 5000 characters long"),
        (("read", f"jAAAA.{'A' * 22}"), "Tampered: "),
    ],
)
def test_cookie_reports_invalid_input(
    operator: Operator, arguments: tuple[str, ...], message: str
) -> None:
    result = operator.run("cookie", *arguments, exit_code=1)
    assert (result.stdout or result.stderr).startswith(message)


def test_cookie_make_needs_keys_and_respects_the_budget(operator: Operator) -> None:
    every = ",".join(str(sku) for (sku,) in operator.sql("select sku from products"))
    operator.environ["SHOP_CART_BUDGET_BYTES"] = "64"
    message = operator.run("cookie", "make", every, exit_code=1).stderr
    assert message.endswith("bytes, the limit is 64\n")
    (operator.instance / "secret-keys").unlink()
    assert "There are no secret keys" in operator.run("cookie", "make", "MUG", exit_code=1).stderr


ORDERS = "order,sku,quantity\n7,MUG,2\n7,PENCIL,1\n8,UNKNOWN,12\n"


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_budget_reports_every_encoding(operator: Operator, name: str) -> None:
    content = gzip.compress(ORDERS.encode()) if name.endswith(".gz") else ORDERS.encode()
    file = operator.file(name, content)
    text = operator.run("budget", file).stdout
    assert text.startswith("2 orders; ")
    assert "largest order: 7 with 2 lines" in text
    report = json.loads(operator.run("budget", "--json", file).stdout)
    assert report["orders"] == 2
    assert report["largest"] == {"order": "7", "lines": 2}
    assert set(report) == {
        "orders",
        "largest",
        "skus",
        "unknown_skus",
        *(encoding.key for encoding in ENCODINGS),
    }
    assert (report["skus"], report["unknown_skus"]) == (3, 1)
    assert "1 of 3 SKUs are not in the catalogue" in text
    for encoding in ENCODINGS:
        assert encoding.title in text
        assert set(report[encoding.key]) == {"fit", "mean", "p50", "p95", "p99", "max"}
    assert report["product"]["fit"] == 1.0
    made = operator.run("cookie", "make", "--secure", "MUG*2,PENCIL").stdout.strip()
    assert report["product"]["max"] == len(made) - 1


def test_budget_can_use_another_catalogue(fresh_operator: Operator) -> None:
    goods = fresh_operator.file("goods.csv", "sku,name,price,currency\nMUG,Mug,9.50,GBP\n")
    orders = fresh_operator.file("orders.csv", ORDERS)
    text = fresh_operator.run("budget", orders, "--catalogue", goods).stdout
    assert "2 of 3 SKUs are not in the catalogue" in text
    shopify = EXAMPLES / "shopify-2024.csv"
    text = fresh_operator.run(
        "budget", orders, "--catalogue", shopify, "--format", "shopify"
    ).stdout
    assert "3 of 3 SKUs are not in the catalogue" in text
    broken = fresh_operator.file("broken.csv", "sku,name\nMUG,Mug\n")
    message = fresh_operator.run("budget", orders, "--catalogue", broken, exit_code=1).stderr
    assert "price" in message


def test_orders_may_come_from_a_spreadsheet(operator: Operator) -> None:
    plain = operator.run("budget", operator.file("orders.csv", ORDERS)).stdout
    sheet = "sep=;\r\nOrder;SKU;Quantity;Day\r\n" + "".join(
        f'{row.replace(",", ";")};"1\r\n2"\r\n;;;\r\n' for row in ORDERS.splitlines()[1:]
    )
    for encoding in ("utf-16", "windows-1252"):
        file = operator.file("sheet.csv", sheet.encode(encoding))
        assert operator.run("budget", file, "--encoding", encoding).stdout == plain


def test_the_budget_plot_is_reproducible(operator: Operator, tmp_path: Path) -> None:
    file, plot = operator.file("orders.csv", ORDERS), tmp_path / "plot.svg"
    assert (
        operator.run("budget", file, "--plot", plot).stdout == operator.run("budget", file).stdout
    )
    drawn = plot.read_bytes()
    operator.run("budget", file, "--plot", plot, "--json")
    assert plot.read_bytes() == drawn
    tree = ElementTree.fromstring(drawn)  # noqa: S314  # our own
    tags = [element.tag.rpartition("}")[2] for element in tree.iter()]
    assert tags[1:3] == ["title", "desc"]
    assert "script" not in tags
    words = " ".join(tree.itertext())
    for encoding in ENCODINGS:
        assert f"{encoding.title} keeps every order" in words


def test_the_budget_plot_says_how_many_orders_each_encoding_loses(
    operator: Operator, tmp_path: Path
) -> None:
    long = "".join(f"7,SKU-{number * 7919 % 99991},1\n" for number in range(400))
    plot = tmp_path / "plot.svg"
    operator.run("budget", operator.file("o.csv", f"{ORDERS}{long}"), "--plot", plot)
    words = plot.read_text("utf-8")
    assert "JSON, percent-encoded loses 1 order, 50.00%" in words
    assert "This shop keeps every order" in words


def test_an_unwritable_plot_is_reported(operator: Operator, tmp_path: Path) -> None:
    plot = tmp_path / "nowhere" / "plot.svg"
    message = operator.run("budget", operator.file("o.csv", ORDERS), "--plot", plot, exit_code=1)
    assert message.stderr == f"{plot} cannot be written: No such file or directory.\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            ORDERS + "9,MUG,x\n", "Line 5: the quantity x is not a whole", id="not a number"
        ),
        pytest.param(ORDERS + "9,MUG,0\n", "Line 5: a quantity is from 1", id="zero"),
        pytest.param(ORDERS + "9,MUG\n", "Line 5: it has 2 cells, but", id="a short row"),
        pytest.param(ORDERS + "7,MUG,1\n", "Line 5: order 7 already has MUG.", id="a repeated SKU"),
        pytest.param("order,sku\n", "Line 1: the column quantity is missing.", id="header"),
        pytest.param("order,sku,quantity\n", "Line 2: there are no orders", id="no orders"),
        pytest.param(b"order,sku,quantity\n1,\xff,1\n", "Line ", id="not UTF-8"),
    ],
)
def test_malformed_order_files_are_reported_by_line(
    operator: Operator, content: str | bytes, message: str
) -> None:
    result = operator.run("budget", operator.file("orders.csv", content), exit_code=1)
    assert result.stderr.startswith(message)
    assert result.stdout == ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no gzip at all", id="not gzip"),
        pytest.param(gzip.compress(ORDERS.encode())[:-12], id="truncated"),
    ],
)
def test_a_broken_gzip_file_is_reported(operator: Operator, content: bytes) -> None:
    result = operator.run("budget", operator.file("orders.csv.gz", content), exit_code=1)
    assert result.stderr.startswith("orders.csv.gz cannot be read: ")


@pytest.fixture
def real_orders() -> Path:
    return folder()


def test_the_readme_quotes_the_output_of_its_command(
    fresh_operator: Operator, real_orders: Path, tmp_path: Path
) -> None:
    orders = real_orders / "online-retail-orders.csv.gz"
    goods = real_orders / "online-retail-catalogue.csv"
    plot = tmp_path / "plot.svg"
    message = fresh_operator.run(
        "budget", "--json", orders, "--catalogue", goods, "--plot", plot
    ).stdout
    report = json.loads(message)
    assert report["orders"] == 11_134
    assert report["largest"]["lines"] == 704
    assert report["product"]["fit"] == 1.0
    assert report["product"]["mean"] <= 96
    assert report["product"]["max"] <= 4096
    assert (report["skus"], report["unknown_skus"]) == (3578, 0)
    assert plot.read_bytes() == (PROJECT / "docs" / "real-carts.svg").read_bytes()
    readme = (PROJECT / "README.md").read_text("utf-8")
    for encoding in ENCODINGS:
        if encoding.key == "bound":
            continue
        figures = report[encoding.key]
        cells = (
            f"| {figures['fit']:.2%}".replace("%", " %")
            + f" | {figures['mean']:,.1f} | {figures['p50']:,} | {figures['p95']:,} "
            + f"| {figures['p99']:,} | {figures['max']:,} |"
        )
        assert cells in readme
    lost = round(11_134 * (1 - report["session_naive"]["fit"]))
    assert f"dropped {lost} of these orders" in readme
