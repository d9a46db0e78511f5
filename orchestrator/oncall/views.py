"""Pages of the oncall app."""
