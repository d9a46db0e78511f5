"""Whose rights a server gets: PostgreSQL refuses root, so root lends it an unprivileged account."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.embedded.errors import DataUnusable

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user and group that root may hand a process to."""

    uid: int
    gid: int

    @property
    def popen_arguments(self) -> Mapping[str, Any]:
        """Return what `subprocess` needs to start a process under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give the one file or folder to this account; parents stay as they are."""
        os.chown(path, self.uid, self.gid)

    def can_run(self, program: Path) -> bool:
        """Say whether this account can execute the program where it lies."""
        try:
            done = subprocess.run(  # noqa: S603 - the program is one of our own server binaries
                [program, "--version"],
                cwd="/",
                capture_output=True,
                check=False,
                **self.popen_arguments,
            )
        except OSError:
            return False
        return done.returncode == 0


def account_for(folder: Path) -> Account | None:
    """
    Return the account that must own and use the data folder, None for the caller's own.

    :raises DataUnusable: if the folder belongs to another user and the caller is not root
    """
    owner = folder.stat() if folder.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner.st_uid != os.geteuid():
            raise DataUnusable(
                f"{folder} belongs to user id {owner.st_uid}, not to you. Start as that user or as "
                f"root, or remove the folder to begin with empty data."
            )
        return None
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(entry.pw_uid, entry.pw_gid)
