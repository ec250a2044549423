"""A seeded world of runs, served over real HTTP."""
