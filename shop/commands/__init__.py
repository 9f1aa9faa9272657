"""One module for each group of `shop ...` commands; `shop.cli` assembles them."""
