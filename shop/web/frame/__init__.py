"""What stands around every page: layout, cached fragments, error pages, search engines."""
