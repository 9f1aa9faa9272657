"""How large headers may be on the route to a shop and back, measured by a page and a command."""
