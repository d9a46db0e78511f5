"""The way out to addresses that people entered: checked, and connected to as checked."""
