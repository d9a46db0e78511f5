"""Open sessions: who a bearer token stands for, and since when it is dead."""

import secrets
import time
from typing import Any

SECONDS = 7200.0


class Sessions:
    """Tokens and their users; a session ends when it is not used for two hours."""

    def __init__(self) -> None:
        """Start with none."""
        self._users: dict[str, str] = {}
        self._used: dict[str, float] = {}

    def open(self, user_id: str, org_id: str) -> str:
        """Return a new token for a user."""
        token = f"{org_id[:15]}!{secrets.token_urlsafe(48)}"
        self._users[token] = user_id
        self._used[token] = time.time()
        return token

    def user_of(self, token: str) -> str | None:
        """Return whom a token stands for, or None if it is unknown or expired."""
        user_id = self._users.get(token)
        if user_id is None:
            return None
        now = time.time()
        if now - self._used.get(token, 0.0) > SECONDS:
            self.close(token)
            return None
        self._used[token] = now
        return user_id

    def close(self, token: str) -> None:
        """End a session."""
        self._users.pop(token, None)
        self._used.pop(token, None)

    def close_all(self) -> int:
        """End every session; return how many there were."""
        count = len(self._users)
        self._users.clear()
        self._used.clear()
        return count

    def state(self) -> dict[str, Any]:
        """Return what must outlive a restart."""
        return {token: [user, self._used[token]] for token, user in self._users.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up saved sessions."""
        self._users = {token: user for token, (user, _) in state.items()}
        self._used = {token: used for token, (_, used) in state.items()}
