"""Products in the admin: `pages` for its blueprint, and their `form`."""
