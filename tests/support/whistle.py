"""A voice of the tests' own: the real ones need not be installed."""

import numpy as np

from prompts.sound import Samples


class Whistle:
    """A voice that whistles one second for each sentence, at 22,050 samples a second, between two silences."""

    name = "whistle"

    def __init__(self) -> None:
        self.heard: list[str] = []

    def check(self) -> None:
        """It is always installed."""

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        self.heard.append(text)
        rate = 22050
        tone = 0.9 * np.sin(2 * np.pi * 440 * np.arange(round(rate / pace)) / rate)
        return np.concatenate([np.zeros(rate // 2), tone, np.zeros(rate // 3)]), rate
