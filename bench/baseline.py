"""What the shop is held against: Flask and Jinja, a 20-line table, data in memory, no cookie."""

from __future__ import annotations

from flask import Flask, render_template

LINES = [
    {"name": f"Product {number}", "price": "£9.50", "quantity": number, "total": "£19.00"}
    for number in range(1, 21)
]


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return render_template("table.html", lines=LINES)

    return app
