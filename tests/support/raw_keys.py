"""The three ways in which phones send keys, written by hand: RTP events (RFC 4733), INFO, tones in the sound."""

import io
import struct
from threading import Event, Lock

import numpy as np
import soundfile

from tests.support.raw_sip import Answer, RawPhone

EVENTS, BY_INFO, TONES = WAYS = ("events", "info", "tones")
KEYS = "0123456789*#"
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
PLACES = {key: (number // 3, number % 3) for number, key in enumerate("123456789*0#")}
"""Row and column of each key, which are its two tones (ITU-T Q.23)."""
PACKET = 160
"""Samples of 20 ms."""
PACKETS_OF_A_KEY = 8
BELIEVED = 30
"""Asterisk believes in a stranger's sound after 25 packets (rtp.conf)."""
_SILENCE = b"\xff" * PACKET


class KeySender:
    """The sound and the keys of a phone whose call was answered."""

    def __init__(self, phone: RawPhone, answer: Answer, way: str) -> None:
        self._phone, self._to, self._way = phone, answer.rtp, way
        self._sequence = self._time = 0
        self._one_at_a_time = Lock()

    def begin(self) -> None:
        """Some sound, so that it is believed in: nobody is taken for a machine that sends none."""
        for _ in range(BELIEVED):
            self._send(0, _SILENCE)
            Event().wait(0.01)

    def be_there(self) -> None:
        """A little sound: a phone that sends none for long is asked whether it is there, and these cannot answer."""
        self._send(0, _SILENCE)

    def press(self, key: str) -> None:
        if self._way == BY_INFO:
            self._phone.send("INFO", "application/dtmf-relay", f"Signal={key}\r\nDuration=160\r\n")
        elif self._way == EVENTS:
            self._event(key)
        else:
            self._tones(key)

    def _event(self, key: str) -> None:
        began = self._time
        for number in range(PACKETS_OF_A_KEY):
            over = 0x80 if number >= PACKETS_OF_A_KEY - 3 else 0
            lasts = min(number + 1, PACKETS_OF_A_KEY - 2) * PACKET
            self._send(101, struct.pack("!BBH", KEYS.index(key), over | 10, lasts), at=began)
            Event().wait(0.02)
        self._time = began + PACKETS_OF_A_KEY * PACKET

    def _tones(self, key: str) -> None:
        row, column = PLACES[key]
        moments = np.arange(PACKETS_OF_A_KEY * PACKET) / 8000
        both = 0.3 * (np.sin(2 * np.pi * ROWS[row] * moments) + np.sin(2 * np.pi * COLUMNS[column] * moments))
        coded = io.BytesIO()
        soundfile.write(coded, both, 8000, format="RAW", subtype="ULAW")
        sound = coded.getvalue() + 4 * _SILENCE
        for begin in range(0, len(sound), PACKET):
            self._send(0, sound[begin : begin + PACKET])
            Event().wait(0.02)

    def _send(self, kind: int, payload: bytes, at: int | None = None) -> None:
        with self._one_at_a_time:
            moment = self._time if at is None else at
            packet = struct.pack("!BBHII", 0x80, kind, self._sequence, moment, 1) + payload
            self._phone.media.sendto(packet, self._to)
            self._sequence = (self._sequence + 1) % 65536
            self._time += PACKET if at is None else 0
