"""What `deploy/` says of the shop is true: settings that it accepts, and commands that it has."""

from __future__ import annotations

import re
import shlex
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from babel import Locale
from justhtml import JustHTML

from shop.cli import main
from shop.config import SETTINGS, Settings
from shop.factory import create_app
from shop.server import KEEP_ALIVE_SECONDS
from shop.web.languages import catalogues
from tests.conftest import KEY
from tests.integration.client import attributes, elements, parsed

DEPLOY = Path(__file__).parents[2] / "deploy"
SITE = "nginx-site.conf"
USES = re.compile(r"/opt/crumb/\.venv/bin/shop((?: [a-z][a-z-]+)+)")


def settings_of_file() -> dict[str, str]:
    text = (DEPLOY / "shop.env").read_text("utf-8")
    lines = [line.lstrip("#") for line in text.splitlines() if re.match(r"#?SHOP_", line)]
    return dict(line.split("=", 1) for line in lines)


def test_a_shop_starts_with_the_settings(tmp_path: Path) -> None:
    environ = settings_of_file()
    assert set(environ) <= {setting.variable for setting in SETTINGS.values()}
    keys = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY}
    app = create_app(Settings.from_environ(environ | keys))
    assert app.test_client().get("/healthz", base_url="https://shop.example").status_code == 200


@pytest.mark.parametrize("name", ["crumb.service", "crumb-backup.service"])
def test_a_unit_runs_commands_that_there_are(name: str) -> None:
    used = USES.findall((DEPLOY / name).read_text("utf-8"))
    assert used
    for words in used:
        command: click.Command = main
        for word in words.split():
            if isinstance(command, click.Group):
                found = command.commands.get(word)
                assert found, f"shop has no {words}"
                command = found


def test_a_container_installs_what_the_project_locks() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r /src/requirements/run.txt" in text
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split("!")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert {name for names in copied for name in names.split()} <= {it.split()[0] for it in kept}


def test_a_container_runs_as_nobody_who_could_change_the_shop() -> None:
    *_, last = (DEPLOY / "Dockerfile").read_text("utf-8").split("\nFROM ")
    before, _, after = last.partition("\nUSER crumb\n")
    assert "COPY --from=build /opt/crumb /opt/crumb" in before
    assert not re.search("^(COPY|RUN|ADD|USER) ", after, re.MULTILINE)


def composed() -> dict[str, Any]:
    """All that compose is told."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))  # type: ignore[no-any-return]


def test_containers_have_settings_and_commands_that_there_are(tmp_path: Path) -> None:
    known = {setting.variable for setting in SETTINGS.values()}
    for name in ("prepare", "shop-1", "shop-2"):
        service = composed()["services"][name]
        assert set(service["environment"]) <= known
        program, command, *_ = service["command"]
        assert program == "shop"
        assert command in main.commands
        assert service["read_only"]
    Settings.from_environ(
        {"SHOP_INSTANCE": str(tmp_path)} | composed()["services"]["shop-1"]["environment"]
    )


def test_nginx_of_the_containers_has_both_replicas_at_addresses_that_stay() -> None:
    services = composed()["services"]
    *_, command = services["web"]["command"]
    edit = command.partition("> /etc/nginx")[0].replace(
        "/site.conf", shlex.quote(str(DEPLOY / SITE))
    )
    site = subprocess.run(["sh", "-c", edit], check=True, capture_output=True, text=True).stdout
    upstreams = re.findall(r"^upstream .*?^}", site, re.MULTILINE | re.DOTALL)
    replicas = [
        services[name]["networks"]["default"]["ipv4_address"] for name in ("shop-1", "shop-2")
    ]
    assert [re.findall(r" server ([\d.]+):8000 max_fails", text) for text in upstreams] == [
        replicas
    ] * 2
    assert "server 127.0.0.1" not in site
    (pool,) = composed()["networks"]["default"]["ipam"]["config"]
    for address in map(ip_address, replicas):
        assert address in ip_network(pool["subnet"])
        assert address not in ip_network(pool["ip_range"])  # or another container could have it


def test_nginx_takes_up_a_renewed_certificate(tmp_path: Path) -> None:
    # A hook given to `certbot renew --dry-run` is not kept for real renewals.
    (name,) = re.findall(
        r"^install -m 755 /opt/crumb/deploy/(\S+) /etc/letsencrypt/renewal-hooks/deploy/$",
        (DEPLOY.parent / "docs/operate.md").read_text("utf-8"),
        re.MULTILINE,
    )
    (tmp_path / "systemctl").write_text('#!/bin/sh\necho "$@"', "utf-8")
    (tmp_path / "systemctl").chmod(0o755)
    hook = subprocess.run(
        [DEPLOY / name], env={"PATH": str(tmp_path)}, check=True, capture_output=True, text=True
    )
    assert hook.stdout == "reload nginx\n"


def test_nginx_closes_an_idle_connection_before_the_shop_does() -> None:
    seconds = re.findall(r"^  keepalive_timeout (\d+)s;", (DEPLOY / SITE).read_text("utf-8"), re.M)
    assert [int(each) < KEEP_ALIVE_SECONDS for each in seconds] == [True]


def test_the_page_of_nginx_speaks_every_language_of_the_shop() -> None:
    html = (DEPLOY / "unavailable.html").read_text("utf-8")
    JustHTML(html, sanitize=False, strict=True)
    spoken = {}
    for part in elements(parsed(html), "html, section"):
        language = Locale.parse(str(attributes(part)["lang"]))
        direction = "rtl" if language.character_order == "right-to-left" else "ltr"
        assert attributes(part).get("dir", "ltr") == direction
        spoken[language.language] = elements(part, "h1, h2")[0].to_text()
    title = "The shop needs a moment"
    assert spoken == {name: catalogues.read(name).gettext(title) for name in catalogues.names()}
