"""Order mail: composed from an order, and delivered. Only commands call it."""
