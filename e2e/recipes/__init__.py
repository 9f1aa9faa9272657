"""One way of testing a shop in each file, to be read and copied; docs/testing.md explains them."""
