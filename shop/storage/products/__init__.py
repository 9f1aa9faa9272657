"""Products as keepers see and change them, one at a time. The admin calls each of the modules."""
