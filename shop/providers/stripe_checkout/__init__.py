"""Stripe Checkout: Stripe's own page takes the payment (ADR 18)."""

CODE = "stripe"
"""The method's code: here, because the library of `method` is loaded only where it is used."""
