"""`make audit`: figures of the running shop, beside what they must be."""
