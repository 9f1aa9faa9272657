"""Orders in the database, for pages and commands: placing, lookup, listing and advancing."""
