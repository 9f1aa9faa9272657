"""What the shop does with hostile requests: drawn ones to every route, and those of a scanner.

The audit calls `fuzzing.measure` and `scanning.measure`; a test of the shop sends what is drawn to
an app in its own process.
"""
