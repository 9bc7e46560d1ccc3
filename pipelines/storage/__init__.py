"""The database: models, sessions and queries by noun."""
