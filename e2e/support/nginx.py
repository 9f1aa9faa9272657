"""An nginx with its default limits in front of a shop, where nginx is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.support.server import free_port, running

CONFIGURATION = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {shop_url};
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


def installed() -> str:
    """The path of nginx; empty when it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


@contextmanager
def default_nginx(shop_url: str, folder: Path) -> Iterator[str]:
    """The address of an nginx that passes requests on to the shop, until the block ends."""
    url = f"http://127.0.0.1:{free_port()}"
    port = url.rpartition(":")[2]
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, shop_url=shop_url), "utf-8"
    )
    command: list[str | Path] = [
        installed(),
        "-p",
        folder,
        "-e",
        folder / "error.log",
        "-c",
        configuration,
    ]
    with running(command, f"{url}/readyz", os.environ, log_file=folder / "nginx.log"):
        yield url


def refused_headers(folder: Path) -> list[str]:
    """The messages of its log about response headers that it refused."""
    log = (folder / "error.log").read_text("utf-8")
    return [message for message in log.splitlines() if "too big header" in message]
