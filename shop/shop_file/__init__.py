"""Reads `shop.toml`, in which a shop says what is its own (ADR 19). The factory calls `reading`."""
