"""A terminal dashboard for the runs of many workflow APIs."""
