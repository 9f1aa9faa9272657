"""How large a header may be on the way to a shop and back, asked by a page and by a command."""
