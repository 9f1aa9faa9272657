"""The app to compare with: Flask and Jinja, a 20-line table, data in memory, no cookie.

`/` renders the cells that the cart page has (picture, link, price, quantity form, total,
removal); `/bare` renders four cells of text, the hardest app to compete with.
"""

from __future__ import annotations

from flask import Flask, render_template

LINES = [
    {
        "number": number,
        "name": f"Product {number}",
        "slug": f"product-{number}",
        "picture": "kitchen.svg",
        "price": "£9.50",
        "quantity": number,
        "total": "£19.00",
    }
    for number in range(1, 21)
]


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return render_template("table.html", lines=LINES, rich=True)

    @app.get("/bare")
    def bare() -> str:
        return render_template("table.html", lines=LINES, rich=False)

    return app
