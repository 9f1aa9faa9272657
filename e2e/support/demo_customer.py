"""A customer of the tests and the audit."""

FIELDS = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "line_1": "12 St James's Square",
    "town": "London",
    "postcode": "SW1Y 4JH",
    "country": "GB",
}
"""What a valid checkout form says about the shopper, by the name of the field."""
