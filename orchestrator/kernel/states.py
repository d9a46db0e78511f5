"""States as data: a table of moves and one guarded UPDATE."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from orchestrator.kernel.errors import DomainError


class IllegalMove(DomainError):
    """The table of moves has no such move."""

    code, status, title = "illegal_move", 409, "Not possible in this state"


class StaleState(DomainError):
    """Somebody else moved the row first."""

    code, status, title = "stale_state", 409, "Somebody was faster"


class Stateful(models.Model):
    """A row whose state changes only by the moves its table allows."""

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]]
    state = models.CharField(max_length=20, editable=False)

    class Meta:
        abstract = True

    def move(self, to: str, **fields: Any) -> str:
        """
        Move to state `to`, setting `fields` in the same statement; return the state left.

        :raises IllegalMove: if the table has no such move
        :raises StaleState: if the stored state is no longer the one we read
        """
        left = self.state
        self.check_move(to)
        self._write({"state": to, **fields})
        return left

    def amend(self, **fields: Any) -> None:
        """
        Set `fields` while the state stays what we read.

        :raises StaleState: if the stored state is no longer the one we read
        """
        self._write(fields)

    def _write(self, fields: Mapping[str, Any]) -> None:
        rows = type(self)._default_manager.filter(pk=self.pk, state=self.state)
        if rows.update(**fields) != 1:
            raise StaleState(f"{self._meta.verbose_name} {self.pk} is no longer {self.state}.")
        for name, value in fields.items():
            setattr(self, name, value)

    def check_move(self, to: str) -> None:
        """
        Refuse a move that the table does not have.

        :raises IllegalMove: if the table has no such move
        """
        if to not in self.MOVES[self.state]:
            raise IllegalMove(
                f"{self._meta.verbose_name} {self.pk} is {self.state} and cannot become {to}."
            )
