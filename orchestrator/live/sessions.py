"""Sessions as Django keeps them; ending one, in whatever way, ends its streams."""

from django.contrib.sessions.backends import cached_db

from orchestrator.live.publishing import end_session


class SessionStore(cached_db.SessionStore):
    """The session in cache and database."""

    def delete(self, session_key: str | None = None) -> None:
        """Remove the session; its streams end as soon as that is certain."""
        ended = session_key or self.session_key
        super().delete(session_key)
        if ended:
            end_session(ended)
