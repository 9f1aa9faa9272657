"""The languages of the shop: which one a request is answered in, and its texts. Every room of web,
and what is above it, may call it."""
