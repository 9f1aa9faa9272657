"""One module per resource: parse the request, call the rooms below, render or redirect."""
