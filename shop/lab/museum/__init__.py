"""Carts in every state, each shown by the shop's own pages."""
