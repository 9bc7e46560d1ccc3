"""A small news web of fictional outlets on loopback, for the demonstration and the end-to-end tests."""
