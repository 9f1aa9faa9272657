"""Seven ways of keeping a cart in a cookie, measured beside each other."""
