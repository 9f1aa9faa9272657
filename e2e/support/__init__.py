"""What the end-to-end tests, the audit and the pictures share."""
