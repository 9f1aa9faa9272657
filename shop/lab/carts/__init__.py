"""Carts of any length, made for demonstrations."""
