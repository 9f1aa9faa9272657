"""`make audit`: figures of the running shop beside their targets."""
