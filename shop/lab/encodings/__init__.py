"""Seven encodings of a cart in a cookie, compared."""
