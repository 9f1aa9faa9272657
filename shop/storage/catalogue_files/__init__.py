"""Catalogues as files. `formats.read` reads any of them, `crumb.write` writes our own; the commands
call these two, and the import takes the rows."""
