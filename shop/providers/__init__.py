"""Payment providers: each is a method for the registry of payments, and what it needs around it."""
