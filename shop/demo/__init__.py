"""The demo catalogue that `shop init` brings along."""
