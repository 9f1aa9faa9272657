"""An nginx in front of a shop: with its default limits, or as `deploy/` configures it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from e2e.support.debian import NGINX, environment
from e2e.support.server import PROJECT, free_port, running

SITE = PROJECT / "deploy" / "nginx-site.conf"
UNAVAILABLE = PROJECT / "deploy" / "unavailable.html"

ACCESS_LOG = "access.log"
"""Has a row for each request, which ends with the replicas that nginx asked."""
MAIN = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  log_format route '$request_method $uri: $status by $upstream_addr';
  access_log {folder}/access.log route;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""
DEFAULT_SITE = """\
server {{
  listen 127.0.0.1:{port};
  location / {{
    proxy_pass {shop_url};
    proxy_set_header Host $http_host;
  }}
}}
"""


@contextmanager
def default_nginx(shop_url: str, folder: Path) -> Iterator[str]:
    """The address of an nginx that passes requests on to the shop, until the block ends."""
    url = f"http://127.0.0.1:{free_port()}"
    site = DEFAULT_SITE.format(port=url.rpartition(":")[2], shop_url=shop_url)
    with _nginx(site, f"{url}/readyz", folder):
        yield url


@contextmanager
def deployed_nginx(
    shop_urls: Sequence[str], folder: Path, *, port: int | None = None
) -> Iterator[tuple[str, str]]:
    """The https and the http address of an nginx with the site of `deploy/` before these replicas,
    until the block ends. Its name is 127.0.0.1, and its certificate one that nobody trusts."""
    http, https, ready = free_port(), port or free_port(), free_port()
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "site.pem"
    )
    shutil.copy(UNAVAILABLE, folder)
    site = SITE.read_text("utf-8").replace("shop.example", "127.0.0.1")
    for given, ours in (
        (r"listen \[::\]:.*;", ""),
        (r"listen 80;", f"listen 127.0.0.1:{http};"),
        (r"listen 443 ", f"listen 127.0.0.1:{https} "),
        (r"(ssl_certificate(_key)?) .*;", rf"\1 {folder}/site.pem;"),
        (r"/var/cache/nginx-crumb", f"{folder}/cache"),
        (r"/var/www/crumb", str(folder)),
        (
            r"server 127\.0\.0\.1:8000( .*;)",
            "".join(rf"server {urlsplit(url).netloc}\1" for url in shop_urls),
        ),
    ):
        site, count = re.subn(given, ours, site)
        assert count, f"deploy/nginx-site.conf has no {given}"
    site += f"server {{ listen 127.0.0.1:{ready}; return 204; }}"
    with _nginx(site, f"http://127.0.0.1:{ready}/", folder):
        yield f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}"


@contextmanager
def _nginx(site: str, ready_url: str, folder: Path) -> Iterator[None]:
    (folder / "site.conf").write_text(site, "utf-8")
    configuration = folder / "nginx.conf"
    # Started by root, its workers would be another user, who may not enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(MAIN.format(folder=folder, user=user), "utf-8")
    errors = folder / "error.log"
    program = NGINX.installed()
    command: list[str | Path] = [program, "-p", folder, "-e", errors, "-c", configuration]
    with running(command, ready_url, environment(program), log_file=folder / "nginx.log"):
        yield


def refused_headers(folder: Path) -> list[str]:
    """The messages of its log about response headers that it refused."""
    log = (folder / "error.log").read_text("utf-8")
    return [message for message in log.splitlines() if "too big header" in message]
