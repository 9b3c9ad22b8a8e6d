"""What erasing takes from the rows of the pages: what strangers sent to the form, what programs were answered."""

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from web.models import ApiAnswer, PublicRequest


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not (scope.person and scope.numbers):
        return []
    theirs = delete(PublicRequest).where(PublicRequest.number.in_(scope.numbers))
    named = [*scope.numbers, *map(str, scope.contacts)]
    quietly(session, delete(ApiAnswer).where(or_(*(ApiAnswer.body.contains(each, autoescape=True) for each in named))))
    return changed("form", quietly(session, theirs))


ROOM = Room(
    name="web",
    erased={
        "public_request": "deleted with the person; a day old at most in any case",
        "api_answer": "answers that name the person are deleted; a day old at most in any case",
    },
    harmless={
        "user_account": "our own people",
        "account_change": "what our own people did to our own accounts",
        "api_key": "our own programs",
        "sign_in_failure": "names and addresses typed at our own sign-in, forgotten after a quarter of an hour",
        "ended_session": "sessions of our own people that are over, forgotten after a day",
    },
    erase=erase,
)
