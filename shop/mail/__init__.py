"""Order mail: composed from an order, and delivered. Commands send it, and the admin shows it."""
