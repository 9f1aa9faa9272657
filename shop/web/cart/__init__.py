"""The cart of one visit: its cookie, steps back, price notices and how its lines are shown."""
