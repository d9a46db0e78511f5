"""The three lanes."""

from orchestrator.kernel.choices import Choices


class Lane(Choices):
    CONFIG = "config"
    DATA = "data"
    EXECUTION = "execution"
