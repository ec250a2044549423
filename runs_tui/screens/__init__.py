"""The screens of the dashboard, the only ones who start work."""
