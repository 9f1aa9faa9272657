"""`shop backup` and `shop restore`: a shop comes back as it was, or nothing is changed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shop.cli import main
from shop.secret_keys import file_in, new_key
from shop.storage.backups import archive
from shop.storage.photos import keeping
from tests.conftest import Opener, OpenShop
from tests.integration.checkouts import place
from tests.integration.test_migrations import migrate
from tests.photographs import jpeg

REFUSED, DONE = 1, 0
Manifest = dict[str, Any]


def run(instance: Path, *arguments: str | Path, exit_code: int = DONE, **environ: str) -> str:
    """What a command says to the operator of the shop in this folder."""
    settings = {"SHOP_SECRET_KEYS": None, "SHOP_DATABASE_URL": None, "SHOP_INSTANCE": str(instance)}
    result = CliRunner().invoke(main, [str(word) for word in arguments], env=settings | environ)
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.fixture
def keys(tmp_path: Path) -> str:
    """The shop's keys, in its instance folder."""
    file = file_in(tmp_path)
    file.touch(0o600)
    file.write_text(f"{new_key()}\n{new_key()}\n", "ascii")
    return file.read_text("ascii")


@pytest.fixture
def kept_shop(open_shop: Opener, keys: str) -> OpenShop:
    return open_shop(SHOP_SECRET_KEYS=",".join(keys.split()))


@pytest.fixture
def file(kept_shop: OpenShop, tmp_path: Path, elsewhere: Path) -> Path:
    """A backup of the shop."""
    path = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", path)
    return path


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder that does not exist yet."""
    return tmp_path_factory.mktemp("machine") / "instance"


def another_shop(instance: Path) -> None:
    """A shop without products that nobody has open: `init` itself keeps a connection."""
    made = instance.with_name("made")
    run(made, "init", "--empty")
    shutil.copytree(made, instance)


def rewritten(
    file: Path,
    *,
    without: str = "",
    also: str = "",
    unlisted: str = "",
    change: Callable[[Manifest], None] | None = None,
) -> Path:
    """A backup that somebody has changed, and that is a sound zip."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != without}
    manifest = json.loads(members["manifest.json"])
    if also:
        members[also] = members["secret-keys"]
        manifest["files"][also] = manifest["files"]["secret-keys"]
    if unlisted:
        members[unlisted] = b"a stranger"
    if change:
        change(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()
    other = file.with_name("rewritten")
    with zipfile.ZipFile(other, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return other


def test_an_order_and_a_cart_are_there_again(
    kept_shop: OpenShop, open_shop: Opener, keys: str, tmp_path: Path, elsewhere: Path
) -> None:
    shopper = kept_shop.visitor()
    shopper.add("MUG", 2)
    address = place(shopper).headers["Location"]
    shopper.add("PENCIL", 3)
    kept_shop.sql("insert into products select 9999, 'x', 'x', name, description, category_number, "
                  "price_minor, currency, vat_basis_points, stock, image, is_active, name_words, "
                  "all_words, name_sort_key, null, null, '' from products limit 1")  # fmt: skip
    kept_shop.sql("delete from products where number = 9999")
    copied = elsewhere.parent / "copied"
    shutil.copy(kept_shop.path, copied)
    with closing(sqlite3.connect(copied)) as connection:
        assert connection.execute("select count(*) from orders").fetchone() == (0,), (
            "all in the WAL"
        )

    backup = elsewhere.parent / "shop.backup"
    said = run(tmp_path, "backup", backup)
    assert "1 order and 67 products, and the secret keys" in said
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "Restored 1 order and 67 products" in run(elsewhere, "restore", backup)
    assert sorted(path.name for path in elsewhere.iterdir()) == ["secret-keys", "shop.sqlite3"]
    assert {path.stat().st_mode & 0o777 for path in elsewhere.iterdir()} == {0o600}
    assert file_in(elsewhere).read_text("ascii") == keys

    restored = open_shop(
        SHOP_INSTANCE=str(elsewhere),
        SHOP_SECRET_KEYS=",".join(file_in(elsewhere).read_text("ascii").split()),
    )
    later = restored.visitor()
    assert "Ada Lovelace" in later.get(address).text
    later.raw_cookies = f"cart={shopper.cart_value()}"
    assert 'value="3"' in later.get("/cart").text
    with closing(sqlite3.connect(elsewhere / "shop.sqlite3")) as connection:
        given = "select seq from sqlite_sequence where name = 'products'"
        assert connection.execute(given).fetchone() == (9999,), "no cookie number is given twice"
        waiting = "select kind from outbox where next_attempt_at is not null order by number"
        assert connection.execute(waiting).fetchall() == [("confirmation",), ("new-order",)]


def test_a_backup_is_of_one_moment_while_others_write(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    """Each transaction adds a category and a former slug; a copy of two moments has
    unequal ones."""
    enough = threading.Event()
    is_writing = threading.Event()
    written = []

    def write() -> None:
        with closing(sqlite3.connect(kept_shop.path, timeout=10)) as connection:
            for number in range(20_000):
                with connection:
                    name = f"c{number}"
                    connection.execute(
                        "insert into categories (slug, name) values (?, ?)", (name,) * 2
                    )
                    connection.execute("insert into former_slugs values (?, 1)", (name,))
                written.append(number)
                is_writing.set()
                if enough.is_set():
                    return

    before = kept_shop.sql("select count(*) from categories")[0][0]
    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert is_writing.wait(10)
        seen = len(written)
        for number in range(3):
            run(tmp_path, "backup", elsewhere.parent / f"{number}.backup")
        assert len(written) > seen, "nobody waited for a backup"
    finally:
        enough.set()
        writer.join(20)
    for number in range(3):
        with zipfile.ZipFile(elsewhere.parent / f"{number}.backup") as archive:
            rows = json.loads(archive.read("manifest.json"))["rows"]
        assert rows["categories"] - before == rows["former_slugs"] > 0


def test_a_backup_overwrites_nothing_unless_forced(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    assert "exists, and was kept" in run(tmp_path, "backup", file, exit_code=REFUSED)
    assert file.read_bytes() == before
    run(tmp_path, "backup", file, "--force", "--without-keys")
    assert file.read_bytes() != before
    assert [path.name for path in file.parent.iterdir()] == [file.name], "no remains"


def test_keys_that_are_kept_elsewhere_stay_there(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path, keys: str
) -> None:
    file = elsewhere.parent / "shop.backup"
    assert "no secret keys. Keep them too" in run(tmp_path, "backup", file, "--without-keys")
    assert keys.split()[0].encode() not in file.read_bytes()
    said = run(elsewhere, "restore", file)
    assert "every cart in a browser is lost" in said
    assert not file_in(elsewhere).exists()
    file_in(elsewhere).write_text(keys, "ascii")
    assert "secret keys" not in run(elsewhere, "restore", file, "--force")
    assert file_in(elsewhere).read_text("ascii") == keys


def test_the_environments_keys_hide_restored_ones(file: Path, elsewhere: Path) -> None:
    assert "which it hides" in run(elsewhere, "restore", file, SHOP_SECRET_KEYS=new_key())


def test_a_shop_is_replaced_only_if_forced_and_is_kept(file: Path, elsewhere: Path) -> None:
    another_shop(elsewhere)
    before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
    assert "There is a shop already" in run(elsewhere, "restore", file, exit_code=REFUSED)
    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before
    said = run(elsewhere, "restore", file, "--force")
    (old,) = elsewhere.glob("replaced-*")
    assert str(old) in said
    assert (old / "secret-keys").read_bytes() == before["secret-keys"]
    assert "no products yet" in run(old, "init", "--empty"), "it is a shop, and can be put back"


def test_a_shop_in_use_is_not_replaced(kept_shop: OpenShop, file: Path, tmp_path: Path) -> None:
    kept_shop.visitor().get("/products")
    before = kept_shop.dump()
    said = run(tmp_path, "restore", file, "--force", exit_code=REFUSED)
    assert "is in use" in said
    assert kept_shop.dump() == before
    assert kept_shop.sql("pragma journal_mode") == [("wal",)]


def test_a_failure_half_way_puts_the_old_shop_back(
    file: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_shop(elsewhere)
    key = file_in(elsewhere).read_bytes()
    rename = Path.rename

    def full(source: Path, target: Path) -> Path:
        if source.name == "secret-keys" and ".restore-" in str(source):
            raise OSError(28, "No space left on device")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", full)
    said = run(elsewhere, "restore", file, "--force", exit_code=REFUSED)
    assert said == "No space left on device. Nothing was changed.\n"
    assert file_in(elsewhere).read_bytes() == key
    assert not list(elsewhere.glob("*replaced-*"))
    assert "no products yet" in run(elsewhere, "init", "--empty")


def damaged_places(file: Path) -> Iterator[int]:
    """Places all over the file, and more of them in the zip's own list at its end."""
    octets = file.read_bytes()
    yield from range(0, len(octets), len(octets) // 12)
    yield from range(octets.index(b"PK\1\2"), len(octets), 7)


def test_no_damaged_byte_gets_into_a_shop(file: Path, elsewhere: Path) -> None:
    """A byte that says nothing about the shop, such as a time in the zip's list, may be any."""
    run(elsewhere, "restore", file)
    right = file_in(elsewhere).read_bytes(), (elsewhere / "shop.sqlite3").read_bytes()
    octets = bytearray(file.read_bytes())
    refused = 0
    for position in damaged_places(file):
        octets[position] ^= 0x41
        broken = file.with_name("broken")
        broken.write_bytes(octets)
        octets[position] ^= 0x41
        target = elsewhere.with_name(f"at-{position}")
        result = CliRunner().invoke(
            main, ["restore", str(broken)], env={"SHOP_INSTANCE": str(target)}
        )
        if result.exit_code:
            assert isinstance(result.exception, SystemExit), (position, result.exception)
            refused += 1
            assert not list(target.glob("*")), position
        else:
            assert file_in(target).read_bytes() == right[0], position
            assert (target / "shop.sqlite3").read_bytes() == right[1], position
            shutil.rmtree(target)
    assert refused > 15


def newer(manifest: Manifest) -> None:
    manifest["revision"] = "9999"


def newer_format(manifest: Manifest) -> None:
    manifest["format"] = 2


def other_rows(manifest: Manifest) -> None:
    manifest["rows"]["orders"] += 1


def other_digest(manifest: Manifest) -> None:
    manifest["files"]["secret-keys"]["sha256"] = "0" * 64


def no_rows(manifest: Manifest) -> None:
    del manifest["rows"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"change": newer}, "is of a newer shop: version 0.1.0", id="revision"),
        pytest.param({"change": newer_format}, "in a newer format", id="format"),
        pytest.param({"change": other_rows}, "not what its manifest says", id="rows"),
        pytest.param({"change": no_rows}, "its manifest cannot be read", id="manifest"),
        pytest.param(
            {"change": other_digest}, "secret-keys is not what was backed up", id="digest"
        ),
        pytest.param({"unlisted": "more"}, "'more', which is not in its manifest", id="unlisted"),
        pytest.param({"without": "secret-keys"}, "secret-keys is missing", id="no keys"),
        pytest.param({"without": "shop.sqlite3"}, "shop.sqlite3 is missing", id="no database"),
        pytest.param({"also": "../outside"}, "'../outside', which does not belong", id="above"),
        pytest.param({"also": "/outside"}, "'/outside', which does not belong", id="root"),
        pytest.param({"also": "own/../outside"}, "which does not belong", id="above own files"),
        pytest.param({"also": "own//outside"}, "which does not belong", id="root of own files"),
        pytest.param({"also": "own/a/../../../outside"}, "does not belong", id="far above"),
        pytest.param({"also": "own/a\\..\\outside"}, "does not belong", id="above on Windows"),
        pytest.param({"also": "own/secret-keys"}, "which does not belong", id="other keys"),
        pytest.param({"also": "own/shop.sqlite3-wal"}, "does not belong", id="half a database"),
        pytest.param({"also": "own/photos/x"}, "which does not belong", id="other photos"),
        pytest.param({"also": "own/.profile"}, "which does not belong", id="hidden"),
        pytest.param({"also": "own"}, "which does not belong", id="the folder itself"),
        pytest.param(
            {"also": "secret-keys/../../outside"}, "which does not belong", id="above a part"
        ),
    ],
)
def test_what_is_not_a_backup_of_this_shop_is_refused(
    file: Path, elsewhere: Path, changed: dict[str, Any], reason: str
) -> None:
    assert reason in run(elsewhere, "restore", rewritten(file, **changed), exit_code=REFUSED)
    assert not list(elsewhere.glob("*"))
    assert not (elsewhere.parent / "outside").exists()


def test_a_database_against_its_own_rules_is_not_backed_up(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    with closing(sqlite3.connect(kept_shop.path)) as connection, connection:
        connection.execute("pragma writable_schema = on")
        connection.execute(
            "update sqlite_master set sql = substr(sql, 1, length(sql) - 1) || "
            "', check (number < 0))' where name = 'categories'"
        )
    said = run(tmp_path, "backup", elsewhere.parent / "shop.backup", exit_code=REFUSED)
    assert "The database is damaged: CHECK constraint failed in categories" in said
    assert not list(elsewhere.parent.iterdir())


def zip_of(file: Path, name: str, *, kind: int = zipfile.ZIP_STORED, mode: int = 0o100600) -> Path:
    with zipfile.ZipFile(file, "a") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        member.compress_type = kind
        archive.writestr(member, b"0" * 100)
    return file


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        pytest.param(zipfile.ZIP_DEFLATED, 0o100600, id="compressed, which a bomb has to be"),
        pytest.param(zipfile.ZIP_STORED, 0o120777, id="link"),
    ],
)
def test_bombs_and_links_are_refused(file: Path, elsewhere: Path, kind: int, mode: int) -> None:
    said = run(elsewhere, "restore", zip_of(file, "more", kind=kind, mode=mode), exit_code=REFUSED)
    assert "was not written by `shop backup`" in said


def test_any_other_file_is_refused(file: Path, elsewhere: Path) -> None:
    said = run(elsewhere, "restore", zip_of(elsewhere.with_name("zip"), "a"), exit_code=REFUSED)
    assert "it has no manifest" in said
    text = elsewhere.with_name("text")
    text.write_text("orders")
    said = run(elsewhere, "restore", text, exit_code=REFUSED)
    assert "is damaged" in said
    assert "Nothing was restored. Try another copy of it" in said
    said = run(elsewhere, "restore", elsewhere / "none", exit_code=REFUSED)
    assert "No such file" in said


def test_an_older_database_is_migrated(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    kept_shop.app.extensions["shop"].engine.dispose()
    migrate(kept_shop, "downgrade", "0003")
    file = elsewhere.parent / "old.backup"
    run(tmp_path, "backup", file)
    run(elsewhere, "restore", file)
    assert "MUG," in run(elsewhere, "catalogue", "export")


def test_a_damaged_database_is_not_backed_up(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    kept_shop.sql("insert into prices values (null, 4711, 1, 'GBP', 1)")
    file = elsewhere.parent / "shop.backup"
    said = run(tmp_path, "backup", file, exit_code=REFUSED)
    assert "a row of prices belongs to one of products that is missing" in said
    assert not file.exists()


def test_a_backup_that_came_out_damaged_is_not_kept(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = archive.write

    def write_badly(file: Path, *what: Any) -> None:
        written(file, *what)
        octets = bytearray(file.read_bytes())
        octets[len(octets) // 2] ^= 1
        file.write_bytes(octets)

    monkeypatch.setattr(archive, "write", write_badly)
    file = elsewhere.parent / "shop.backup"
    said = run(tmp_path, "backup", file, exit_code=REFUSED)
    assert said == "The backup was not written as it should be; nothing was kept.\n"
    assert list(file.parent.glob("*backup*")) == []


def test_photos_are_there_again(kept_shop: OpenShop, tmp_path: Path, elsewhere: Path) -> None:
    kept_in, engine = tmp_path / "photos", kept_shop.app.extensions["shop"].engine
    photo = keeping.add(engine, kept_in, kept_shop.number("MUG"), jpeg())
    (kept_in / ".unfinished-1").mkdir()
    (kept_in / ".unfinished-1" / "180.webp").write_bytes(b"half")
    (kept_in / "link").symlink_to("/etc/passwd")
    file = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", file)
    run(elsewhere, "restore", file)
    assert [place.name for place in (elsewhere / "photos").iterdir()] == [photo.name]
    for kept in (kept_in / photo.name).iterdir():
        assert (elsewhere / "photos" / photo.name / kept.name).read_bytes() == kept.read_bytes()
    assert run(elsewhere, "photos", "prune") == "There is nothing to remove.\n"


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_server_that_cannot_be_reached_is_a_sentence(
    file: Path, elsewhere: Path, command: str
) -> None:
    url = "postgresql+psycopg://somebody:password@127.0.0.1:1/shop"
    place = {"backup": file.with_name("new"), "restore": file}[command]
    said = run(elsewhere, command, place, exit_code=REFUSED, SHOP_DATABASE_URL=url)
    assert "127.0.0.1" in said
    assert "password" not in said
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_shop_without_a_database_says_so(tmp_path: Path) -> None:
    said = run(tmp_path, "backup", tmp_path / "file", exit_code=REFUSED)
    assert said == f"There is no database at {tmp_path / 'shop.sqlite3'}.\n"


TOML = """
name = "Leaf & Loaf"
[look]
logo = "logo.svg"
preview = "preview.svg"
[pages]
privacy = "pages/privacy.md"
terms = { en-GB = "pages/terms.md" }
"""
OWN = ("logo.svg", "pages/privacy.md", "pages/terms.md", "preview.svg", "shop.toml")


def write_own_files(folder: Path) -> None:
    (folder / "pages").mkdir(parents=True)
    (folder / "shop.toml").write_text(TOML, "utf-8")
    for name in ("logo", "preview"):
        (folder / f"{name}.svg").write_text("<svg/>", "utf-8")
    for name in ("privacy", "terms", "draft"):
        (folder / "pages" / f"{name}.md").write_text(f"# {name}", "utf-8")


def own_files(folder: Path) -> dict[str, str]:
    """What is in a folder, but for the database, the keys and what was replaced."""
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in (".toml", ".md", ".svg")
    }


def test_the_shops_own_words_are_there_again(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    write_own_files(tmp_path)
    file = elsewhere.parent / "shop.backup"
    assert f"It holds {tmp_path}/shop.toml and 4 files" in run(tmp_path, "backup", file)
    said = run(elsewhere, "restore", file)
    assert [name for name in OWN if f"Restored {elsewhere}/{name}\n" in said] == list(OWN)
    kept = own_files(tmp_path)
    del kept["pages/draft.md"]
    assert own_files(elsewhere) == kept
    assert "SHOP_FILE" not in said


def test_own_words_that_are_replaced_are_kept(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    write_own_files(tmp_path)
    file = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", file)
    write_own_files(elsewhere)
    (elsewhere / "pages" / "privacy.md").write_text("# newer", "utf-8")
    assert "exists, and nothing was changed" in run(elsewhere, "restore", file, exit_code=REFUSED)
    run(elsewhere, "restore", file, "--force")
    after = own_files(elsewhere)
    assert after["pages/privacy.md"] == "# privacy"
    assert after["pages/draft.md"] == "# draft", "it was not named, and stays"
    (replaced,) = (elsewhere / "pages").glob("replaced-*")
    assert (replaced / "privacy.md").read_text("utf-8") == "# newer"


def test_own_words_from_another_folder_come_into_the_instance_folder(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    there = elsewhere.parent / "etc"
    write_own_files(there)
    (there / "shop.toml").rename(there / "words.toml")
    words = str(there / "words.toml")
    file = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", file, SHOP_FILE=words)
    said = run(elsewhere, "restore", file)
    assert sorted(own_files(elsewhere)) == list(OWN)
    assert f"shop.toml was in {there} when it was backed up; nothing was written there" in said
    said = run(elsewhere, "restore", file, "--force", SHOP_FILE=words)
    assert f"words.toml is what the shop reads, and not {elsewhere}/shop.toml" in said


def test_own_words_keep_their_name_in_the_instance_folder(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    write_own_files(tmp_path / "own")
    file = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", file, SHOP_FILE=str(tmp_path / "own" / "shop.toml"))
    said = run(elsewhere, "restore", file)
    assert sorted(own_files(elsewhere)) == [f"own/{name}" for name in OWN]
    assert f"Set SHOP_FILE={elsewhere}/own/shop.toml" in said


def test_what_is_out_of_reach_of_a_backup_is_named(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    outside = elsewhere.parent / "imprint.md"
    outside.write_text("# Imprint", "utf-8")
    (tmp_path / "shop.toml").write_text(
        f'[pages]\nimprint = "{outside}"\nterms = "missing.md"\nprivacy = "secret-keys"\n', "utf-8"
    )
    said = run(tmp_path, "backup", elsewhere.parent / "shop.backup")
    for path in (outside, tmp_path / "missing.md", tmp_path / "secret-keys"):
        assert f"{path} is not in it" in said
    assert f"It holds {tmp_path}/shop.toml." in said
    said = run(tmp_path, "backup", elsewhere.parent / "b", SHOP_FILE=str(elsewhere / "none.toml"))
    assert "none.toml is not in it" in said


def test_own_words_with_a_mistake_are_backed_up_too(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    (tmp_path / "shop.toml").write_text("name = [", "utf-8")
    run(tmp_path, "backup", elsewhere.parent / "shop.backup")
    run(elsewhere, "restore", elsewhere.parent / "shop.backup")
    assert own_files(elsewhere) == {"shop.toml": "name = ["}


def test_nothing_is_restored_through_a_link_out_of_the_folder(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    write_own_files(tmp_path)
    file, outside = elsewhere.parent / "shop.backup", elsewhere.parent / "outside"
    run(tmp_path, "backup", file)
    outside.mkdir()
    elsewhere.mkdir()
    (elsewhere / "pages").symlink_to(outside)
    said = run(elsewhere, "restore", file, "--force", exit_code=REFUSED)
    assert "leads out of the instance folder" in said
    assert not list(outside.iterdir())
    assert [path.name for path in elsewhere.iterdir()] == ["pages"]


def test_own_words_do_not_take_the_place_of_the_database(
    kept_shop: OpenShop, tmp_path: Path, elsewhere: Path
) -> None:
    write_own_files(tmp_path)
    file = elsewhere.parent / "shop.backup"
    run(tmp_path, "backup", file)
    url = f"sqlite:///{elsewhere}/logo.svg"
    said = run(elsewhere, "restore", file, exit_code=REFUSED, SHOP_DATABASE_URL=url)
    assert "is the database, and nothing was changed" in said
