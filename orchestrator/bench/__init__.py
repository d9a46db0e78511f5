"""Measures of the whole product, each beside a floor that was measured in the same run."""
