"""The settings in force for a process that has the store: followed, and told which version it works with."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from publishing.history import note_taken
from ringback.config import Settings
from ringback.config.current import Current
from ringback.messages import Message, in_one_line

log = logging.getLogger(__name__)


class FollowedSettings:
    """Of one process."""

    def __init__(self, settings: Settings, part: str, store: sessionmaker[Session]) -> None:
        """`part`: the process's name."""
        self.current = Current(settings)
        self._part, self._store = part, store
        self._told: tuple[int, Message | None] | None = None

    @property
    def settings(self) -> Settings:
        return self.current.settings

    def look(self) -> bool:
        """Once a second: whether other settings are in force than at the last look."""
        taken = self.current.look()
        self.tell()
        return taken

    def tell(self) -> None:
        """Writes down which version it works with, where that is news. A store that is away is told later."""
        wanted = self.current.version, self.current.trouble
        if not self.current.content or wanted == self._told:
            return
        try:
            with self._store() as session, session.begin():
                note_taken(session, self._part, *wanted)
            self._told = wanted
        except SQLAlchemyError as error:
            log.warning("which settings are taken could not be written: %s", in_one_line(error))
