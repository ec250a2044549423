"""What a run is: frozen values and pure functions, without I/O and without a clock."""
