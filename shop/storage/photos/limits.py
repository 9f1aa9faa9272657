"""What a photo may be at most. A module of its own, so that pages can name it without loading what
reads photos."""

MOST_BYTES = 30_000_000
MOST_PIXELS = 64_000_000
"""A 50-megapixel photo of a phone fits. Reading a PNG of this size takes up to 660 MB of memory
(with a palette); a JPEG, which is decoded small, much less."""
