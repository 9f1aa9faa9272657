"""Payments at hosted providers: attempts, what became of them, and orders that nobody paid."""
