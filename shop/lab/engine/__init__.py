"""Asks the visiting browser about cookies, one exchange after the other."""
