"""One module a group of `shop ...` commands; `shop.cli` joins them."""
