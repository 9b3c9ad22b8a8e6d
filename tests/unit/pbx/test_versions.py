"""What a version of Asterisk means for recordings: by branch, and never a guess in favour of the unknown."""

import pytest

from pbx import versions


@pytest.mark.parametrize(
    ("version", "garbles"),
    [
        ("22.10.1", True),
        ("22.11.0", False),
        ("22.12.3", False),
        ("20.20.1", True),
        ("20.21.0", False),
        ("21.12.2", True),  # the branch ended without the mend
        ("23.4.1", True),
        ("23.5.0", False),
        ("24.0.0", False),
        ("22.8", True),  # certified/22.8-cert3
        ("18.26.4", True),
        (None, True),
    ],
)
def test_which_versions_garble_recordings_of_wideband(version: str | None, garbles: bool) -> None:
    assert versions.garbles_wideband(version) is garbles
    assert versions.codecs(version) == (["ulaw", "alaw"] if garbles else ["ulaw", "alaw", "g722"])
    assert versions.codecs(version, first="alaw")[:2] == ["alaw", "ulaw"]


@pytest.mark.parametrize(
    ("version", "stereo"),
    [
        ("20.6.0", False),
        ("20.11.0", True),
        ("21.5.0", False),
        ("21.6.0", True),
        ("22.0.0", False),
        ("22.1.0", True),
        ("23.0.0", True),
        ("24.1.0", True),
        ("19.8.0", False),
    ],
)
def test_which_versions_record_caller_and_agent_apart(version: str, stereo: bool) -> None:
    assert versions.records_stereo(version) is stereo


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.15.60671435-1", "22.10.1"),
        ("22.11.0-rc1", "22.11.0"),
        ("certified/20.7-cert2", "20.7"),
        ("certified-20.7-cert2", "20.7"),
        ("Asterisk certified/22.8-cert1", "22.8"),
        ("GIT-master-abc", None),
        ("", None),
    ],
)
def test_the_version_in_what_an_asterisk_says(said: str, version: str | None) -> None:
    assert versions.version_in(said) == version


def test_codecs_above_8_khz_are_found_among_those_that_an_endpoint_allows() -> None:
    assert versions.above_8_khz("(ulaw|alaw)") == []
    assert versions.above_8_khz("(opus|g722|ulaw|g729|gsm|slin16)") == ["opus", "g722", "slin16"]
    assert versions.above_8_khz("(nothing)") == []
