"""Brings articles in: discovery, fetching, reading and the schedule."""
