"""What caller and agent say to each other in the demo: recorded people, from Asterisk's own sounds.

Data only. Real voices rather than ours, so that the transcript shows what the recogniser makes of people;
the texts are those of the sound packages' lists, and each can pass for a sentence of a support call.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ringback.config import Language

FOLDERS: dict[Language, str] = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}
"""Where the sound packages keep a language, under `<share>/sounds`."""

TALKS: dict[Language, tuple[tuple[Literal["caller", "agent"], str, str], ...]] = {
    "en": (
        ("caller", "number-not-answering", "The number is not answering."),
        ("agent", "check-number-dial-again", "Please check the number and dial again."),
        ("caller", "cannot-complete-as-dialed", "Your call cannot be completed as dialed."),
        ("agent", "vm-sorry", "I'm sorry I did not understand your response."),
        ("caller", "feature-not-avail-line", "That feature is not available on this line."),
        ("agent", "pls-hold-while-try", "Please hold while we try to connect you."),
    ),
    "ru": (
        ("caller", "tt-somethingwrong", "Что-то тут совсем не так..."),
        ("agent", "sorry-youre-having-problems", "Нам очень жаль, что у вас проблемы."),
        ("caller", "vm-mailboxfull", "Извините, но голосовой ящик абонента переполнен."),
        ("agent", "check-number-dial-again", "Пожалуйста, проверьте номер и наберите еще раз."),
        ("caller", "vm-nobodyavail", "В данный момент никто не может принять Ваш звонок."),
        ("agent", "pls-hold-while-try", "Оставайтесь на линии. Происходит соединение с абонентом."),
    ),
}
"""Who speaks, the sound's name, its text."""


@dataclass(frozen=True)
class Sentence:
    """One turn of the demo's talk."""

    speaker: Literal["caller", "agent"]
    text: str
    sound: Path
    """8 kHz, mono."""


def sentences(language: Language, share: Path) -> list[Sentence]:
    """The talk in `language`, with the sounds of the Asterisk whose data folder is `share`."""
    folder = share / "sounds" / FOLDERS[language]
    return [Sentence(speaker, text, folder / f"{name}.wav") for speaker, name, text in TALKS[language]]
