"""Pages of the live app."""
