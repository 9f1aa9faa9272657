"""Cookie test cases of two public suites, run against the visiting browser."""
