"""What a shop is made of: its locked packages, known holes in them, and a bill of materials."""
