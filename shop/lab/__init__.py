"""The laboratory of cookie limits at /limits; the factory joins it when it is switched on."""
