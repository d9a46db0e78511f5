"""What happens while nobody decides: plans, their steps, and what the steps did."""
