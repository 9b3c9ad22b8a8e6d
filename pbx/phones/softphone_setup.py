"""What pjsua2 must be told so that a process is one phone on the loopback interface (see `pbx/phones/softphone.py`).

Owns the endpoint's settings, those of accounts and calls, and the silence that a phone sends when it says nothing.
"""

import random
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import pjsua2 as pj

LOOPBACK = "127.0.0.1"
RATE = 8000
CODECS = ("PCMU/8000", "PCMA/8000")
"""What Asterisk speaks to us without transcoding; others are switched off, unless a phone is told to offer them."""
VOICE_PORTS = range(6000, 10000, 2)
"""Every phone begins at one of its own. By itself pjsua2 takes the first that is free from 4000 on: a phone came after
another there, and where somebody still sent voice to that one it heard nothing of its own call."""


def start_endpoint(log: str | None, port: int, codecs: Sequence[str] = CODECS) -> pj.Endpoint:
    """`codecs` are offered in their order, by the beginnings of pjsua2's names."""
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
        place = next((place for place, name in enumerate(codecs) if codec.codecId.startswith(name)), None)
        endpoint.codecSetPriority(codec.codecId, 0 if place is None else 200 - place)
    return endpoint


def account_config(uri: str) -> pj.AccountConfig:
    config = pj.AccountConfig()
    config.idUri = uri
    config.mediaConfig.transportConfig.boundAddress = LOOPBACK
    config.mediaConfig.transportConfig.port = random.choice(VOICE_PORTS)
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    return config


def call_param(code: int) -> pj.CallOpParam:
    param = pj.CallOpParam()
    param.statusCode = code
    return param


def silence_player() -> pj.AudioMediaPlayer:
    """Plays a second of silence for ever."""
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
