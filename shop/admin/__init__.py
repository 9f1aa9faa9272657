"""The admin at /admin, where keepers see orders and move them on, and edit products (ADR 16).

The factory joins it when SHOP_ADMIN is on. Nothing else in the shop imports it.
"""
