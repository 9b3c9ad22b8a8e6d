"""Words that owners bring along from elsewhere: other names of settings, passwords, letters of another alphabet.

Owns what is guessed of a single word; where it stands and how it is told is `wording.py`'s.
"""

import re

OTHER_NAMES = {
    "tz": "timezone",
    "database": "store",
    "db": "store",
    "database_url": "store",
    "provider": "trunk",
    "sip_trunk": "trunk",
    "country": "default_country",
    "username": "user",
    "account": "user",
    "login": "auth_user",
    "server": "host",
    "registrar": "host",
    "domain": "from_domain",
    "proxy": "outbound_proxy",
    "listen": "address",
    "bind": "address",
    "title": "name",
    "members": "agents",
    "phone": "number",
    "opening_hours": "hours",
    "holiday": "holidays",
    "lang": "language",
    "ivr": "menus",
    "users": "agents",
    "operators": "agents",
}
"""How settings are called elsewhere, and here."""
OTHER_WORDS = {
    "english": "en",
    "английский": "en",
    "englisch": "en",
    "russian": "ru",
    "русский": "ru",
    "russisch": "ru",
    "rus": "ru",
    "eng": "en",
    "ssl": "tls",
    "sips": "tls",
}
"""Values likewise."""
YES_AND_NO = {
    **dict.fromkeys(("yes", "true", "on", "ja", "да", "y", "1", "enabled"), True),
    **dict.fromkeys(("no", "false", "off", "nein", "нет", "n", "0", "disabled"), False),
}
"""How people switch something on and off."""
SWITCHED = {True: ("always", "agent_first", "true"), False: ("never", "off", "false")}
"""Which value of a setting with several means on, and which off."""
_SECRET = re.compile(r"pass(word|wd|wort)?|pwd|secret|kennwort|пароль|секрет", re.IGNORECASE)
_LOOK_ALIKE = str.maketrans("аеорсхуіјѕԁһАВЕКМНОРСТХІЈЅ", "aeopcxyijsdhABEKMHOPCTXIJS")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u00a0\u202a-\u202e]")


def latin(word: str) -> str:
    """With Latin letters for those of Cyrillic that look the same, and without what nobody sees."""
    return _UNSEEN.sub("", word).translate(_LOOK_ALIKE)


def looks_like(word: str) -> str:
    """The Latin word that `word` looks like; empty: it is one, or looks like none."""
    plain = latin(word)
    return plain if plain != word and plain.isascii() else ""


def secret_for(section: str, name: str) -> str:
    """What a password, by whatever name it is given, is called in the secrets file; empty: it is none."""
    if not _SECRET.search(name.removesuffix("s")):
        return ""
    known = {"trunk": "trunk_password", "web": "admin_password", "ami": "ami_password", "agents": "agent_passwords"}
    known |= {"recording": "storage_secret", "alarms": "smtp_password"}
    return known.get(section) or next((each for each in known.values() if each == name.casefold()), "trunk_password")


def other_word(value: str, pattern: str) -> str:
    """The value that people call otherwise, if it is one that the pattern allows; empty: it is not known."""
    meant = OTHER_WORDS.get(value.strip().casefold(), "")
    return meant if meant and re.fullmatch(pattern.strip("^$"), meant) else ""


def near_form(value: str, pattern: str) -> str:
    """`value` as the pattern has it, without what people mix in; empty: that is not enough."""
    plain = latin(value).strip()
    tries = [plain]
    if pattern.startswith("^[a-z"):
        tries += [plain.casefold(), re.sub(r"\s+", "-", plain.casefold())]
    if "a-z" not in pattern.casefold() and re.fullmatch(r"[+\d\s().\u2010-\u2015/-]+", plain):
        digits = re.sub(r"[^+\d]", "", plain)
        tries += [digits, *([f"+{digits.removeprefix('00')}"] if digits.startswith("00") or len(digits) <= 3 else [])]
    return next((each for each in tries if each != value and re.fullmatch(pattern.strip("^$"), each)), "")
