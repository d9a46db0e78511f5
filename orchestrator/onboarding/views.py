"""Pages of the onboarding app."""
