"""Copies a whole shop from one database to another; `copying.copy` is for the commands.

The tables are those of the models, and nothing here names one: a table that a migration adds is
copied without a change.
"""
