"""The page at /limits, and the visitor's cookie byte by byte."""
