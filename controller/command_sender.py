"""Commands for callers' channels on their way to Asterisk.

Owns what becomes of one that Asterisk does not take. What is asked of a channel is `ivr`'s, AMI's words are
`pbx/codec.py`'s, and channels of our own are `controller/leg_sender.py`'s.
"""

import asyncio
import logging
from collections.abc import Callable

from ivr import commands as cmd
from pbx import codec
from pbx.ami import AmiLink, Headers
from pbx.errors import AmiError
from pbx.reports import ChannelEvent

log = logging.getLogger(__name__)


class CommandSender:
    """Of one controller."""

    def __init__(
        self, link: AmiLink, seconds: float, refused: Callable[[ChannelEvent], None], now: Callable[[], float]
    ) -> None:
        """`seconds`: how long Asterisk may take to answer; `refused` gets what a refusal means for its call."""
        self._link, self._seconds = link, seconds
        self._tell_refused, self._now = refused, now

    def send(self, call_id: str, command: cmd.ChannelCommand) -> None:
        """Returns at once; a link that is lost is no refusal."""
        for action, headers in codec.encode(call_id, command):
            try:
                answer = self._link.post(action, headers)
            except AmiError as error:
                log.warning("%s: %s was not sent: %s", call_id, type(command).__name__, error)
                return
            self._watch(call_id, command, answer)

    def _watch(self, call_id: str, command: cmd.ChannelCommand, answer: asyncio.Future[list[Headers]]) -> None:
        """A command that Asterisk does not take is an event of its call; a lost link is not."""
        late = {"Response": "Error", "Message": f"no answer within {self._seconds:g} s"}
        timer = asyncio.get_running_loop().call_later(self._seconds, answer.cancel)

        def answered(done: asyncio.Future[list[Headers]]) -> None:
            timer.cancel()
            if done.cancelled():
                self._refused(call_id, command, late)
            elif done.exception() is None:
                self._refused(call_id, command, done.result()[0])

        answer.add_done_callback(answered)

    def _refused(self, call_id: str, command: cmd.ChannelCommand, answer: Headers) -> None:
        refusal = codec.decode_refusal(call_id, command, answer, self._now())
        if refusal is not None:
            log.info("%s: Asterisk did not take %s: %s", call_id, command, answer.get("Message"))
            self._tell_refused(refusal)
