"""Sites in a mood: maintenance, walls, broken feeds, relaunches, and what must not come of them."""
