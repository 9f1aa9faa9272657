"""Codes that a keeper may be asked for after the password (ADR 16): the step of the sign-in, and
the page on which a keeper turns them on and off. `blueprints` is the only one to call it."""
