"""A bank without money, for trying a shop out: it behaves as a hosted provider does (ADR 18)."""
