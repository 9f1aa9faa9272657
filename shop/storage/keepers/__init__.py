"""Keepers, who may use the admin, behind plain functions: accounts, passwords and sessions."""
