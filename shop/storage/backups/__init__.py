"""A whole shop as one file. The commands call `backup.write` and `restore.restore`; `contents`
lists what belongs to a shop."""
