"""Texts and integers as cookie-octets, and back. Nothing here knows of carts or keys.

`integers.py` packs what version 2 of the cookie's format holds, `texts.py` what version 1 held.
"""
