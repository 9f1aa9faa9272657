"""Stripe Checkout: Stripe's own page takes the payment (ADR 18)."""
