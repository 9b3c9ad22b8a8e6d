"""A scripted SIP phone: one process, one pjsua2 endpoint, JSON lines in and out.

Owns the SIP stack of one phone on the loopback interface: it registers, calls, answers, sends keys,
plays and records sound, and always sends voice packets (silence when nothing plays), because Asterisk
looks at a channel whenever a packet comes. The program that drives it is `pbx.phone.Phone`; people do
not talk to this process. pjsua2 allows one endpoint a process and runs here in the main thread alone.

    python -m pbx.softphone [--log FILE]

Commands, one JSON object a line on standard input, `do` names it:

    register   user, password, server, port       -> registered {code}
    listen                                        takes what comes in at its port, whatever number was dialled
    call       uri, display, user                 -> ringing, confirmed
    auto_answer after (seconds; null: off)        answers what comes in, after so long
    answer, hangup {code}
    digits     digits                             RFC 4733 telephone events
    play       path (wav, 8 kHz mono)             -> playback_finished
    record     path                               what the phone hears, from now on
    record_stop                                   -> recorded {path}
    quit

Events, one JSON object a line on standard output, `event` names it: ready, registered {code, reason},
signed_out, incoming {call, remote}, ringing, confirmed, media_active, sound, quiet (what is heard begins and
ends), digit {digit}, playback_finished, recorded, disconnected {code, reason}, error {text}.
The end of standard input ends the phone.
"""

# ruff: noqa: N802, ARG002 - pjsua2 names the methods that it calls back, and what they are given

import argparse
import json
import os
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

LOOPBACK = "127.0.0.1"
RATE = 8000
CODECS = ("PCMU/8000", "PCMA/8000")
"""What Asterisk speaks to us without transcoding; every other codec is switched off."""
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
        self.media: pj.AudioMedia | None = None

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        self.phone.call_changed(self, self.getInfo())

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()  # kept: its parts live no longer than it does
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.media = self.getAudioMedia(index)
                self.phone.media_active(self.media)

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        self.phone.emit("digit", digit=prm.digit)


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

    def __init__(self, out: int, log: str | None, port: int = 0) -> None:
        self.out = out
        self.running = True
        self.account: Account | None = None
        self.line: Line | None = None
        self.gone: list[Any] = []
        """What pjsua2 has finished with; dropped outside its callbacks, where dropping is safe."""
        self.player: Player | None = None
        self.recorder: pj.AudioMediaRecorder | None = None
        self.recording_to = ""
        self.answer_after: float | None = None
        self.answer_at: float | None = None
        self.hears = False
        self.last_heard = 0.0
        self.endpoint = _start_endpoint(log, port)
        self.silence = self._silence_player()
        self.emit("ready", pid=os.getpid())

    def emit(self, event: str, **facts: object) -> None:
        """One event to whoever drives the phone."""
        os.write(self.out, (json.dumps({"event": event, "at": time.time(), **facts}) + "\n").encode())

    # What pjsua2 tells

    def incoming(self, line: Line) -> None:
        """A second call while one goes on is refused as busy: a phone of one line."""
        if self.line is not None:
            self.gone.append(line)
            line.answer(_param(486))
            return
        self.line = line
        line.answer(_param(180))
        info = line.getInfo()
        self.emit("incoming", call=info.callIdString, remote=info.remoteUri)
        if self.answer_after is not None:
            self.answer_at = time.monotonic() + self.answer_after

    def call_changed(self, line: Line, info: pj.CallInfo) -> None:
        if line is not self.line:
            return
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            self.emit("ringing", code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.emit("confirmed", call=info.callIdString)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.gone.append(line)
            self.line, self.answer_at, self.hears = None, None, False
            self.emit("disconnected", code=info.lastStatusCode, reason=info.lastReason)

    def media_active(self, media: pj.AudioMedia) -> None:
        """Sound flows: out of us silence at least, into the null device so that levels are measured."""
        self.silence.startTransmit(media)
        media.startTransmit(self.endpoint.audDevManager().getPlaybackDevMedia())
        if self.player is not None:
            self.player.startTransmit(media)
        if self.recorder is not None:
            media.startTransmit(self.recorder)
        self.emit("media_active")

    # What we are told

    def do_register(self, user: str, password: str, server: str, port: int) -> None:
        config = _account_config(f"sip:{user}@{server}:{port}")
        config.regConfig.registrarUri = f"sip:{server}:{port}"
        config.regConfig.timeoutSec = 300
        config.regConfig.retryIntervalSec = 1
        config.regConfig.firstRetryIntervalSec = 1
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        self._be(config)

    def do_listen(self) -> None:
        self._be(_account_config(f"sip:anybody@{LOOPBACK}"))

    def do_call(self, uri: str, display: str = "", user: str = "caller") -> None:
        if self.line is not None:
            raise ValueError("this phone is on a call already: hang up first")
        name = display.replace("\\", "\\\\").replace('"', '\\"')
        if self.account is None or display or user != "caller":
            self._be(_account_config(f'"{name}" <sip:{user}@{LOOPBACK}>'))
        line = Line(self, self.account)
        self.line = line
        try:
            line.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            self.line = None
            raise

    def do_auto_answer(self, after: float | None) -> None:
        self.answer_after = after

    def do_answer(self) -> None:
        self._on_line().answer(_param(200))

    def do_hangup(self, code: int = 0) -> None:
        self._on_line().hangup(_param(code))

    def do_digits(self, digits: str) -> None:
        self._on_line().dialDtmf(digits)

    def do_play(self, path: str) -> None:
        if self.player is not None:
            self.gone.append(self.player)
        self.player = Player(self._played)
        self.player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        if self.line is not None and self.line.media is not None:
            self.player.startTransmit(self.line.media)

    def do_record(self, path: str) -> None:
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(path)
        self.recording_to = path
        if self.line is not None and self.line.media is not None:
            self.line.media.startTransmit(self.recorder)

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
        if self.line is None or self.line.media is None:
            return
        if self.line.media.getTxLevel() >= HEARD_LEVEL:
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
        while time.monotonic() < deadline and (self.line is not None or self._is_registered()):
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
        if self.line is None:
            raise ValueError("this phone is on no call")
        return self.line

    def _played(self) -> None:
        if self.player is not None:
            self.gone.append(self.player)
            self.player = None
        self.emit("playback_finished")

    def _silence_player(self) -> pj.AudioMediaPlayer:
        player = pj.AudioMediaPlayer()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "silence.wav"
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(bytes(2 * RATE))
            player.createPlayer(str(path), 0)  # pjsua2 loops a file unless told not to
            # pjsua2 reads on from its open file; the name is not needed any more
        return player


def _start_endpoint(log: str | None, port: int) -> pj.Endpoint:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "ringback-softphone"
    config.medConfig.clockRate = RATE
    config.medConfig.noVad = True  # silence is sent as packets, not left out
    config.medConfig.ecTailLen = 0
    config.logConfig.consoleLevel = 0
    config.logConfig.level = 5 if log else 0
    config.logConfig.filename = log or ""
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = LOOPBACK
    transport.port = port
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        wanted = codec.codecId.startswith(CODECS)
        endpoint.codecSetPriority(codec.codecId, 200 if wanted else 0)
    return endpoint


def _account_config(uri: str) -> pj.AccountConfig:
    config = pj.AccountConfig()
    config.idUri = uri
    config.mediaConfig.transportConfig.boundAddress = LOOPBACK
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    return config


def _param(code: int) -> pj.CallOpParam:
    param = pj.CallOpParam()
    param.statusCode = code
    return param


def main() -> None:
    parser = argparse.ArgumentParser(prog="pbx.softphone")
    parser.add_argument("--log", help="where pjsua2 writes what it does")
    parser.add_argument("--port", type=int, default=0, help="UDP port for SIP; 0: any that is free")
    arguments = parser.parse_args()
    out = os.dup(1)
    os.dup2(2, 1)  # pjsua2 prints on standard output when it is unhappy: events must stay clean
    Softphone(out, arguments.log, arguments.port).run(sys.stdin.fileno())


if __name__ == "__main__":
    main()
