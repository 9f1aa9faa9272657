"""Five steps for a lecture: the same cart in a shop that counts its bytes and one that does not."""
