"""A place in the tokens of a query, and the words the parsers ask it."""

from orchestrator.simulator.soql.errors import Fault
from orchestrator.simulator.soql.lexer import Token, tokens

MOST_DIGITS = 10


def unexpected(token: Token) -> Fault:
    """Return the refusal of a token that cannot stand where it does."""
    return Fault("MALFORMED_QUERY", f"unexpected token: '{token.text}'", offset=token.offset)


def whole_number(token: Token) -> int:
    """
    Return the count a number token stands for.

    :raises Fault: MALFORMED_QUERY if it has a sign, a fraction or more digits than an integer
    """
    if not token.text.isdecimal() or len(token.text) > MOST_DIGITS:
        raise unexpected(token)
    return int(token.text)


class Cursor:
    """Read tokens one after the other, with one of look-ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._next]

    @property
    def following(self) -> Token:
        """The token after the next."""
        return self._tokens[min(self._next + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and step over it."""
        token = self.token
        if token.kind != "end":
            self._next += 1
        return token

    def sees(self, *words: str) -> bool:
        """Tell whether the next token is one of these keywords."""
        return self.token.word in words if self.token.word else False

    def skip(self, word: str) -> bool:
        """Step over a keyword if it comes next."""
        if not self.sees(word):
            return False
        self.take()
        return True

    def skip_symbol(self, symbol: str) -> bool:
        """Step over a symbol if it comes next."""
        if self.token.kind != "symbol" or self.token.text != symbol:
            return False
        self.take()
        return True

    def need(self, word: str) -> Token:
        """
        Return the next token, which must be this keyword.

        :raises Fault: MALFORMED_QUERY if it is anything else
        """
        if not self.sees(word):
            raise unexpected(self.token)
        return self.take()

    def need_symbol(self, symbol: str) -> Token:
        """
        Return the next token, which must be this symbol.

        :raises Fault: MALFORMED_QUERY if it is anything else
        """
        token = self.token
        if not self.skip_symbol(symbol):
            raise unexpected(token)
        return token

    def need_kind(self, kind: str) -> Token:
        """
        Return the next token, which must be of this kind.

        :raises Fault: MALFORMED_QUERY if it is of any other
        """
        if self.token.kind != kind:
            raise unexpected(self.token)
        return self.take()
