"""How a leg sounded, from what Asterisk sums up of RTP and RTCP at its end."""

from calls.quality import Direction, Quality

QUALITY_VARIABLE = "RTPAUDIOQOS"
"""What Asterisk sums up of RTP and RTCP when the sound of a PJSIP channel ends, whoever hangs up (22.10.1)."""


def quality_of(text: str) -> Quality | None:
    """`ssrc=1;themssrc=2;lp=0;rxjitter=0.00125;rxcount=606;txjitter=0.00025;txcount=605;rlp=0;rtt=0.000534;...`: lp is
    packets lost on the way to us, rlp what the phone says it lost, jitter and rtt are seconds. txjitter and txmes are
    what we measured, of what we received; rxjitter and rxmes what the phone reported, of what we sent, and 0 where it
    never did (`ast_rtp_get_stat` in 22.10.1). None: no packet came and no report, or that is no number."""
    told = dict(part.partition("=")[::2] for part in text.split(";"))
    names = ("lp", "rxcount", "txjitter", "rlp", "txcount", "rxjitter", "rxmes", "rtt")
    try:
        figures = [float(told.get(name) or 0) for name in names]
    except ValueError:
        return None  # how a leg sounded must not keep its end from being heard of
    if not all(0 <= figure < float("inf") for figure in figures):
        return None
    lost, came, jitter, lost_there, went, jitter_there, score_there, round_trip = figures
    received = sent = None
    if came > 0:
        lost = _lost(lost)
        received = Direction(lost / (lost + came), jitter)
    if went > 0 and max(score_there, round_trip, lost_there) > 0:
        sent = Direction(min(1.0, _lost(lost_there) / went), jitter_there)
    return None if received is None and sent is None else Quality(received, sent, round_trip or None)


def _lost(packets: float) -> float:
    """Packets that came twice make the count negative, which Asterisk prints without its sign: of 32 bits for ours, of
    24 for the phone's (RFC 3550, section 6.4.1)."""
    return packets if packets < 1 << 23 else 0.0
