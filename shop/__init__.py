"""Crumb: a storefront whose whole cart lives in one small signed JSON cookie."""

__version__ = "0.1.0"
