"""Phones from which nothing comes are asked, and only those."""

from controller.silence import ASKED_AGAIN_SECONDS, SilenceWatch


def looked(watch: SilenceWatch, now: float, **packets: int) -> list[str]:
    """One look at channels that have had so many packets."""
    due = watch.to_count(packets)
    return watch.counted({channel: packets[channel] for channel in due}, now)


def test_a_channel_that_has_only_just_come_is_not_counted() -> None:
    watch = SilenceWatch(15)
    assert watch.to_count(["a"]) == []
    assert watch.to_count(["a", "b"]) == ["a"]
    assert watch.to_count(["b"]) == ["b"]


def test_a_phone_is_asked_when_nothing_has_come_for_so_long_and_then_now_and_then() -> None:
    watch = SilenceWatch(15)
    asked = [now for now in range(0, 95, 5) if looked(watch, now, a=100)]
    assert asked == [20, 20 + ASKED_AGAIN_SECONDS, 20 + 2 * ASKED_AGAIN_SECONDS]


def test_a_phone_that_is_heard_is_never_asked_and_one_that_falls_silent_again_is() -> None:
    watch = SilenceWatch(15)
    assert not [now for now in range(0, 60, 5) if looked(watch, now, a=now)]
    asked = [now for now in range(60, 80, 5) if looked(watch, now, a=60)]
    assert asked == [75]
    assert not looked(watch, 80, a=61)


def test_who_is_gone_is_forgotten() -> None:
    watch = SilenceWatch(15)
    for now in (0, 5):
        looked(watch, now, a=7)
    looked(watch, 10)
    assert not [now for now in (100, 105) if looked(watch, now, a=7)]
