"""One token for everybody: many threads and processes, one sign-in."""

import datetime as dt
import threading
from collections.abc import Callable

from cryptography.fernet import InvalidToken
from django.utils.crypto import salted_hmac

from orchestrator.connectors.errors import Unauthorised
from orchestrator.connectors.salesforce import shared
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.sign_in import Credentials, Token, sign_in
from orchestrator.kernel import clock
from orchestrator.orgs.encryption import key_ring

# Below the shortest useful session of an org; a token that dies sooner is renewed on its 401.
TOKEN_SECONDS = 50 * 60
# Salesforce locks a user out after a few wrong attempts: do not hammer it with a bad secret.
REFUSAL_SECONDS = 15
SALT = "orchestrator.connectors.salesforce.tokens"


class TokenProvider:
    """
    The token of one org's credentials, fetched when needed and shared when possible.

    Threads of a process wait for one another, processes wait for one another through a lock in
    Redis, and whoever comes second takes what the first one brought. The shared copy is encrypted
    with the key ring that guards credentials at rest.
    """

    def __init__(
        self,
        *,
        credentials: Credentials,
        session: OrgSession,
        now: Callable[[], dt.datetime] = clock.now,
    ) -> None:
        """Keep what is needed to sign in; nothing is asked yet."""
        self._credentials = credentials
        self._session = session
        self._now = now
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._key = f"crm-token:{fingerprint(credentials)}"

    def current(self) -> Token:
        """
        Return a token that worked when it was last used, signing in if there is none.

        :raises Unauthorised: if the org refuses the credentials
        :raises Transient: if the org cannot be reached
        """
        token = self._token
        if token is not None:
            return token
        with self._lock:
            self._token = self._token or self._obtain(dead="")
            return self._token

    def renew(self, dead: Token) -> Token:
        """
        Return a token other than the one that the org no longer accepts.

        :raises Unauthorised: if the org refuses the credentials
        :raises Transient: if the org cannot be reached
        """
        with self._lock:
            if self._token is None or self._token.value == dead.value:
                self._token = None
                self._token = self._obtain(dead=dead.value)
            return self._token

    def _obtain(self, *, dead: str) -> Token:
        usable = self._shared(dead)
        if usable is not None:
            return usable
        with shared.one_at_a_time(self._key):
            return self._shared(dead) or self._sign_in()

    def _sign_in(self) -> Token:
        refusal = shared.load(f"{self._key}:refused")
        if refusal is not None:
            raise Unauthorised(str(refusal))
        try:
            token = sign_in(credentials=self._credentials, session=self._session, at=self._now())
        except Unauthorised as error:
            shared.save(f"{self._key}:refused", error.detail, seconds=REFUSAL_SECONDS)
            raise
        sealed = key_ring().encrypt(f"{token.user_id}\n{token.value}".encode())
        shared.save(self._key, sealed, seconds=TOKEN_SECONDS)
        return token

    def _shared(self, dead: str) -> Token | None:
        sealed = shared.load(self._key)
        if not isinstance(sealed, bytes):
            return None
        try:
            user_id, _, value = key_ring().decrypt(sealed).decode().partition("\n")
        except InvalidToken:
            return None
        return Token(value=value, user_id=user_id) if value and value != dead else None


def fingerprint(credentials: Credentials) -> str:
    """Return a name for these very credentials that says nothing about them."""
    text = "\n".join(
        [
            credentials.address,
            credentials.sign_in,
            credentials.client_id,
            credentials.username,
            credentials.secret,
        ]
    )
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()[:32]
