"""How good a leg sounded: figures of RTP and RTCP, and the opinion score that follows from them. Pure.

The score is the E-model's (ITU-T Recommendation G.107), simplified for G.711 as is usual where only loss, jitter and
round trip are known: R = 93.2 - Id - Ie,eff, where 93.2 is G.107's R with all other values at their defaults. Where the
figures come from is `pbx/codec.py`'s; the rows are `calls.models.LegQuality`.
"""

from dataclasses import dataclass

BEST_R = 93.2
"""R without loss and delay: G.107, all values at their defaults."""
CODEC_IMPAIRMENT = 0.0
"""Ie of G.711: ITU-T G.113, Appendix I."""
LOSS_ROBUSTNESS = 25.1
"""Bpl of G.711 with packet loss concealment, which phones have: ITU-T G.113, Appendix I (without it: 4.3)."""
PACKET_SECONDS = 0.020
"""Sound in one packet: the delay of gathering it."""
BUFFERED_JITTERS = 2.0
"""How many times the jitter a phone's buffer holds back: the common rule of thumb for an adaptive buffer."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of a leg."""

    lost: float
    """The share of packets, 0..1."""
    jitter: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What Asterisk knows of a leg at its end."""

    received: Direction | None = None
    """From the phone; None: nothing came."""
    sent: Direction | None = None
    """To the phone, as it reported; None: it did not."""
    round_trip: float | None = None
    """Seconds; None: not measured."""

    def mos(self, direction: Direction | None) -> float | None:
        """The opinion score of one of the two; None: there are no figures."""
        if direction is None:
            return None
        delay = (self.round_trip or 0.0) / 2 + PACKET_SECONDS + BUFFERED_JITTERS * direction.jitter
        return opinion_score(rating(direction.lost, delay))


def rating(lost: float, delay: float) -> float:
    """R of the E-model for a share of packets lost at random (0..1) and a one-way delay in seconds.

    Id = 0.024 d + 0.11 (d - 177.3) for what is over 177.3 ms, with d in ms: R. Cole, J. Rosenbluth, "Voice over IP
    performance monitoring", ACM SIGCOMM CCR 31(2), 2001, who fitted G.107's delay curve. Ie,eff = Ie + (95 - Ie)
    Ppl / (Ppl / BurstR + Bpl), with Ppl in per cent and BurstR = 1: G.107, equation 7-29.
    """
    milliseconds, percent = delay * 1000, lost * 100
    by_delay = 0.024 * milliseconds + 0.11 * max(0.0, milliseconds - 177.3)
    by_loss = CODEC_IMPAIRMENT + (95 - CODEC_IMPAIRMENT) * percent / (percent + LOSS_ROBUSTNESS)
    return BEST_R - by_delay - by_loss


def opinion_score(r: float) -> float:
    """The mean opinion score that a rating means, 1..4.5: G.107, Annex B."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r))
