"""What the dialplan is told each second: it asks no recogniser that has not just shown that it can answer."""

import os
from pathlib import Path

from pbx.codec import HEARTBEAT_VARIABLE
from pbx.signs_of_life import RECOGNISER_VARIABLE, signs_of_life
from ringback.config import Settings


def settings(folder: Path, **words: list[str]) -> Settings:
    option = {"label": "Bill", "queue": "billing", "words": words}
    menu = {"prompt": "menu-main", "operator_queue": "support", "options": {"1": option}}
    return Settings.model_validate({"data": str(folder), "menus": {"main": menu}})


def test_the_recognisers_last_sign_is_told_where_anything_may_be_said(tmp_path: Path) -> None:
    listens = settings(tmp_path, en=["billing"])
    assert signs_of_life(listens)[RECOGNISER_VARIABLE] == "0", "it gave none"
    listens.recogniser_life.parent.mkdir(parents=True)
    listens.recogniser_life.touch()
    os.utime(listens.recogniser_life, (1_800_000_000, 1_800_000_000.9))
    told = signs_of_life(listens)
    assert told[RECOGNISER_VARIABLE] == "1800000000"
    assert int(told[HEARTBEAT_VARIABLE]) > 1_000_000_000


def test_without_words_there_is_nobody_to_be_told_of(tmp_path: Path) -> None:
    assert list(signs_of_life(settings(tmp_path))) == [HEARTBEAT_VARIABLE]
