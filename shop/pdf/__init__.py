"""Pages as PDF, each written by a process of its own (ADR 26). Only the admin calls it."""
