"""The terminal: what it shows, and the fewest bytes that make it show something else."""
