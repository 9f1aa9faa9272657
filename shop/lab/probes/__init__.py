"""Eleven probes of the visiting browser, beside what is known about browsers."""
