"""The records of a proposal as they are now, and what that means for deciding."""
