"""Pages of the webhooks app."""
