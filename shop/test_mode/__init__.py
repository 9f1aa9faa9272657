"""The shop as a target for tests: worlds, a clock that moves, faults and a JSON API.

The factory joins it when SHOP_TEST_MODE is on. Nothing else in the shop imports it.
"""
