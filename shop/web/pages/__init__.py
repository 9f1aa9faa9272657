"""One module a resource: parse the request, call the rooms below, render or redirect."""
