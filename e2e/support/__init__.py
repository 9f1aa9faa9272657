"""What the end-to-end tests, the audit and the pictures need, and is no test itself."""
