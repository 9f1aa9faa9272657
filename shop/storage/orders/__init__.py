"""Orders in the database, and their mail: placing, lookup, listing, advancing and the outbox."""
