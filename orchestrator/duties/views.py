"""Pages of the duties app."""
