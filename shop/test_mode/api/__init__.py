"""A JSON API that arranges and asserts: the catalogue, a cart as its cookie, and orders.

`joining` registers it, in test mode only.
"""
