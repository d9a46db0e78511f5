"""How messages leave: one module a kind of channel, and one that knows apprise."""
