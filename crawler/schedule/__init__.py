"""When to visit which section."""
