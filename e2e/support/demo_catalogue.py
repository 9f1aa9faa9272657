"""The cookie numbers of products of the demo catalogue: their rows in `shop/demo/catalogue.csv`."""

MUG, PENCIL, SHADE, LAST_LAMP = 1, 32, 44, 52
