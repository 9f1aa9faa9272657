"""What a checkout asks for: the form, the address rules of each country, and email addresses.

The pages of the checkout and of an order may use it.
"""
