"""Pages of the identity app."""
