"""Pages of commits: failures, and the kill switch."""
