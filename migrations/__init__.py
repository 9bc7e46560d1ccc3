"""Alembic migrations: written once, never edited after release, importing nothing of ours."""
