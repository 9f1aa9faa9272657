"""Ten questions to the visiting browser, beside what is known of browsers."""
