"""What can go wrong when servers are started, each with what to do about it."""


class EmbeddedError(Exception):
    """A server could not be found, started or kept."""

    code = "embedded_stack_failed"


class BinariesMissing(EmbeddedError):
    """No usable server program was found."""

    code = "server_program_missing"


class DataInUse(EmbeddedError):
    """Another run holds the data folder."""

    code = "data_folder_in_use"


class DataUnusable(EmbeddedError):
    """The data folder cannot be used by this user or this server version."""

    code = "data_folder_unusable"


class ProcessFailed(EmbeddedError):
    """A process ended, or was not ready in time."""

    code = "process_failed"


class StopRequested(EmbeddedError):
    """A signal asked for the stop while something was still being started."""

    code = "stop_requested"
