"""A scripted SIP phone: one process, one pjsua2 endpoint, JSON lines in and out.

Owns the SIP stack of one phone on the loopback interface: it registers, calls, answers, sends keys,
plays and records sound, and always sends voice packets (silence when nothing plays), because Asterisk
looks at a channel whenever a packet comes. The program that drives it is `pbx.phones.phone.Phone`; people do
not talk to this process. pjsua2 allows one endpoint a process and runs here in the main thread alone.
What pjsua2 must be told before a phone can be one is `pbx/phones/softphone_setup.py`'s.

    python -m pbx.phones.softphone [--log FILE] [--port PORT] [--codecs G722/16000,PCMU/8000]

Commands, one JSON object a line on standard input, `do` names it:

    register   user, password, server, port       -> registered {code}
    listen                                        takes what comes in at its port, whatever number was dialled
                                                  -> listening
    call       uri, display, user                 -> ringing, confirmed; a second one while the first is held
    auto_answer after (seconds; null: off)        answers what comes in or rings, after so long
    answer, hangup {code}
    redirect   uri                                sends who calls to somebody else (302)
    hold, unhold                                  -> held, unheld
    transfer   uri                                blind (RFC 3515) -> transferred {code}
    join                                          attended: who is held and who is talked to (RFC 3891) -> transferred
    digits     digits                             RFC 4733 telephone events
    play       path (wav, 8 kHz mono)             -> playback_finished
    record     path                               what the phone hears, from now on
    record_stop                                   -> recorded {path}
    quit

Events, one JSON object a line on standard output, `event` names it: ready, registered {code, reason},
signed_out, incoming {call, remote}, ringing, confirmed, media_active, held, unheld, transferred {code, reason}
(how it ended), sound, quiet (what is heard begins and ends), digit {digit}, playback_finished, recorded,
disconnected {code, reason}, error {text}. Those of a call carry `line`: 1, or 2 for the one dialled while 1 is
held. Commands are for the call dialled last. The end of standard input ends the phone.
"""

# ruff: noqa: N802, ARG002 - pjsua2 names the methods that it calls back, and what they are given

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pjsua2 as pj

from pbx.phones.softphone_setup import CODECS, LOOPBACK, account_config, call_param, silence_player, start_endpoint

HEARD_LEVEL = 4
"""Of 255, as pjsua2 gives levels: speech is 10 to 40, silence 0."""
GOODBYE_SECONDS = 2.0
"""For the other side to confirm the hangup and the sign-out."""
QUIET_SECONDS = 0.4
"""Pauses between words are shorter."""


class Line(pj.Call):
    """One call of the phone."""

    def __init__(self, phone: "Softphone", account: pj.Account, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.phone = phone
        self.number: int = 2 if any(line.number == 1 for line in phone.lines) else 1
        self.media: pj.AudioMedia | None = None
        self.held = False

    def rings(self) -> bool:
        """Whether it came in and was not answered yet."""
        info = self.getInfo()
        return bool(info.role == pj.PJSIP_ROLE_UAS and info.state < pj.PJSIP_INV_STATE_CONNECTING)

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        self.phone.call_changed(self, self.getInfo())

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()  # kept: its parts live no longer than it does
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.media = self.getAudioMedia(index)
                self.phone.media_active(self, self.media)
            elif media.status == pj.PJSUA_CALL_MEDIA_LOCAL_HOLD:
                self.media = None
                self.phone.held(self)

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self.phone.emit("digit", line=self.number, digit=prm.digit)

    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        if prm.finalNotify:
            self.phone.transferred(self, prm.statusCode, prm.reason)


class Account(pj.Account):
    """Who the phone says it is; tells of incoming calls and registrations."""

    def __init__(self, phone: "Softphone") -> None:
        super().__init__()
        self.phone = phone
        self.registered = False

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.phone.incoming(Line(self.phone, self, prm.callId))

    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        self.registered = prm.code == 200 and prm.expiration > 0
        self.phone.emit(
            "registered" if prm.expiration > 0 or prm.code != 200 else "signed_out", code=prm.code, reason=prm.reason
        )


class Player(pj.AudioMediaPlayer):
    """Plays one file once and says when it has."""

    def __init__(self, finished: Callable[[], None]) -> None:
        super().__init__()
        self.finished = finished

    def onEof2(self) -> None:
        self.finished()


class Softphone:
    """The phone: commands in, pjsua2 objects kept alive, events out."""

    def __init__(self, out: int, log: str | None, port: int = 0, codecs: Sequence[str] = CODECS) -> None:
        self.out = out
        self.running = True
        self.account: Account | None = None
        self.lines: list[Line] = []
        """The calls of this phone, two at most; the last one is in hand."""
        self.gone: list[Any] = []
        """What pjsua2 has finished with; dropped outside its callbacks, where dropping is safe."""
        self.player: Player | None = None
        self.recorder: pj.AudioMediaRecorder | None = None
        self.recording_to = ""
        self.answer_after: float | None = None
        self.answer_at: float | None = None
        self.hears = False
        self.last_heard = 0.0
        self.endpoint = start_endpoint(log, port, codecs)
        self.silence = silence_player()
        self.emit("ready", pid=os.getpid())

    def emit(self, event: str, **facts: object) -> None:
        """One event to whoever drives the phone."""
        os.write(self.out, (json.dumps({"event": event, "at": time.time(), **facts}) + "\n").encode())

    # What pjsua2 tells

    def incoming(self, line: Line) -> None:
        """A second call while one goes on is refused as busy."""
        if self.lines:
            self.gone.append(line)
            line.answer(call_param(486))
            return
        self.lines.append(line)
        line.answer(call_param(180))
        info = line.getInfo()
        self.emit("incoming", line=line.number, call=info.callIdString, remote=info.remoteUri)
        if self.answer_after is not None:
            self.answer_at = time.monotonic() + self.answer_after

    def call_changed(self, line: Line, info: pj.CallInfo) -> None:
        if line not in self.lines:
            return
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            self.emit("ringing", line=line.number, code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.emit("confirmed", line=line.number, call=info.callIdString)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.gone.append(line)
            self.lines.remove(line)
            self.answer_at, self.hears = None, False
            self.emit("disconnected", line=line.number, code=info.lastStatusCode, reason=info.lastReason)

    def held(self, line: Line) -> None:
        self.hears = False
        if not line.held:
            line.held = True
            self.emit("held", line=line.number)

    def transferred(self, line: Line, code: int, reason: str) -> None:
        """As a phone on a desk: whoever was sent on is let go, with the second call where there is one."""
        self.emit("transferred", line=line.number, code=code, reason=reason)
        if code == 200:
            for old in self.lines:
                old.hangup(call_param(0))

    def media_active(self, line: Line, media: pj.AudioMedia) -> None:
        """Sound flows: out of us silence at least, into the null device so that levels are measured."""
        self.silence.startTransmit(media)
        media.startTransmit(self.endpoint.audDevManager().getPlaybackDevMedia())
        if self.player is not None:
            self.player.startTransmit(media)
        if self.recorder is not None:
            media.startTransmit(self.recorder)
        self.emit("media_active", line=line.number)
        if line.held:
            line.held = False
            self.emit("unheld", line=line.number)

    # What we are told

    def do_register(self, user: str, password: str, server: str, port: int) -> None:
        config = account_config(f"sip:{user}@{server}:{port}")
        config.regConfig.registrarUri = f"sip:{server}:{port}"
        config.regConfig.timeoutSec = 300
        config.regConfig.retryIntervalSec = 1
        config.regConfig.firstRetryIntervalSec = 1
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        self._be(config)

    def do_listen(self) -> None:
        self._be(account_config(f"sip:anybody@{LOOPBACK}"))
        self.emit("listening")

    def do_call(self, uri: str, display: str = "", user: str = "caller") -> None:
        if self.lines and (len(self.lines) > 1 or not self.lines[0].held):
            raise ValueError("this phone is on a call already: hang up first, or hold it")
        name = display.replace("\\", "\\\\").replace('"', '\\"')
        if self.account is None or (not self.lines and (display or user != "caller")):
            self._be(account_config(f'"{name}" <sip:{user}@{LOOPBACK}>'))
        line = Line(self, self.account)
        self.lines.append(line)
        try:
            line.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            self.lines.remove(line)
            raise

    def do_auto_answer(self, after: float | None) -> None:
        self.answer_after = after
        if after is not None and self.lines and self.lines[-1].rings():
            self.answer_at = time.monotonic() + after

    def do_answer(self) -> None:
        self._on_line().answer(call_param(200))

    def do_hangup(self, code: int = 0) -> None:
        self._on_line().hangup(call_param(code))

    def do_redirect(self, uri: str) -> None:
        param = call_param(302)
        contact = pj.SipHeader()
        contact.hName, contact.hValue = "Contact", f"<{uri}>"
        param.txOption.headers.append(contact)
        self._on_line().answer(param)

    def do_hold(self) -> None:
        self._on_line().setHold(pj.CallOpParam(True))

    def do_unhold(self) -> None:
        param = pj.CallOpParam(True)
        param.opt.flag |= pj.PJSUA_CALL_UNHOLD
        self._on_line().reinvite(param)

    def do_transfer(self, uri: str) -> None:
        self._on_line().xfer(uri, pj.CallOpParam(True))

    def do_join(self) -> None:
        if len(self.lines) < 2:
            raise ValueError("this phone has no second call: hold the first and dial")
        self.lines[0].xferReplaces(self.lines[1], pj.CallOpParam(True))

    def do_digits(self, digits: str) -> None:
        self._on_line().dialDtmf(digits)

    def do_play(self, path: str) -> None:
        if self.player is not None:
            self.gone.append(self.player)
        self.player = Player(self._played)
        self.player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        if self.lines and self.lines[-1].media is not None:
            self.player.startTransmit(self.lines[-1].media)

    def do_record(self, path: str) -> None:
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(path)
        self.recording_to = path
        if self.lines and self.lines[-1].media is not None:
            self.lines[-1].media.startTransmit(self.recorder)

    def do_record_stop(self) -> None:
        if self.recorder is not None:
            self.recorder = None  # pjsua2 writes the file's header when the object goes
            self.emit("recorded", path=self.recording_to)

    def do_quit(self) -> None:
        self.running = False

    # The loop

    def run(self, source: int) -> None:
        """Until quit or the end of `source`."""
        os.set_blocking(source, False)
        rest = b""
        while self.running:
            self.endpoint.libHandleEvents(5)
            try:
                read = os.read(source, 65536)
            except BlockingIOError:
                read = None
            if read == b"":
                break
            *lines, rest = (rest + (read or b"")).split(b"\n")
            for line in lines:
                self._obey(line)
            self._tick(time.monotonic())
        self._finish()

    def _obey(self, line: bytes) -> None:
        try:
            command = json.loads(line)
            getattr(self, "do_" + command.pop("do"))(**command)
        except pj.Error as error:
            self.emit("error", text=error.info())
        except (ValueError, TypeError, AttributeError) as error:
            self.emit("error", text=f"{line.decode(errors='replace')}: {error}")

    def _tick(self, now: float) -> None:
        self.gone.clear()
        if self.answer_at is not None and now >= self.answer_at:
            self.answer_at = None
            self.do_answer()
        if not self.lines or self.lines[-1].media is None:
            return
        if self.lines[-1].media.getTxLevel() >= HEARD_LEVEL:
            self.last_heard = now
            if not self.hears:
                self.hears = True
                self.emit("sound")
        elif self.hears and now - self.last_heard >= QUIET_SECONDS:
            self.hears = False
            self.emit("quiet")

    def _finish(self) -> None:
        """Hangs up and signs out, then leaves without waiting for pjsua2's own slow end."""
        self.do_record_stop()
        self.endpoint.hangupAllCalls()
        if self.account is not None and self.account.registered:
            self.account.setRegistration(False)
        deadline = time.monotonic() + GOODBYE_SECONDS
        while time.monotonic() < deadline and (self.lines or self._is_registered()):
            self.endpoint.libHandleEvents(10)
        self.emit("gone")
        os._exit(0)

    def _is_registered(self) -> bool:
        return self.account is not None and self.account.registered

    def _be(self, config: pj.AccountConfig) -> None:
        if self.account is not None:
            self.gone.append(self.account)
        self.account = Account(self)
        self.account.create(config)

    def _on_line(self) -> Line:
        if not self.lines:
            raise ValueError("this phone is on no call")
        return self.lines[-1]

    def _played(self) -> None:
        if self.player is not None:
            self.gone.append(self.player)
            self.player = None
        self.emit("playback_finished")


def main() -> None:
    parser = argparse.ArgumentParser(prog="pbx.phones.softphone")
    parser.add_argument("--log", help="where pjsua2 writes what it does")
    parser.add_argument("--port", type=int, default=0, help="UDP port for SIP; 0: any that is free")
    parser.add_argument("--codecs", default=",".join(CODECS), help="what it offers, in this order")
    arguments = parser.parse_args()
    out = os.dup(1)
    os.dup2(2, 1)  # pjsua2 prints on standard output when it is unhappy: events must stay clean
    Softphone(out, arguments.log, arguments.port, arguments.codecs.split(",")).run(sys.stdin.fileno())


if __name__ == "__main__":
    main()
