"""Proof that the tests can fail: the shop is broken on purpose, and a test has to notice.

`make mutants` runs it; docs/mutants.md explains it. Only its own unit tests import it.
"""
