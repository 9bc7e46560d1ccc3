"""Keeps articles: clean, deduplicate, store, group, match, deliver, and answer questions."""
