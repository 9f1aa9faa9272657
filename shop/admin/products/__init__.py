"""Products in the admin: `pages` and `photos` have its blueprints, and `form` has its form."""
