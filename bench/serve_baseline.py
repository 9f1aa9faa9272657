"""Serves the baseline with the server and the workers of `shop serve`."""

import os
import sys

from bench.baseline import create_app
from shop.config import Settings
from shop.server import Server

if __name__ == "__main__":
    workers = Settings.from_environ(os.environ).workers
    Server(create_app, host="127.0.0.1", port=int(sys.argv[1]), workers=workers).run()
