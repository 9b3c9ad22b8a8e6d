"""What an address of a customer is by each channel, as somebody types it and as it is kept."""

from zoneinfo import ZoneInfo

import phonenumbers

from callback.policy import Refusal, is_allowed, read_number
from callback.zones import zone_of
from channels.errors import WrongField
from channels.policy import PLAIN_ADDRESS, is_mail_address
from ringback.config import Settings
from ringback.config.channels import MAIL, TELEGRAM, TEXT_MESSAGE, ServiceChannel

LANDLINE = phonenumbers.PhoneNumberType.FIXED_LINE
TAKE_TEXTS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def kind_of(settings: Settings, channel: str) -> str:
    """phone, mail, chat (nobody types it), text (a name as the service has it)."""
    if channel in (MAIL, TEXT_MESSAGE, TELEGRAM):
        return {MAIL: "mail", TEXT_MESSAGE: "phone"}.get(channel, "chat")
    found = settings.channels.services.get(channel)
    return found.to if isinstance(found, ServiceChannel) else "text"


def read(settings: Settings, channel: str, typed: str, country: str) -> str:
    """The address as it is kept. Raises WrongField for what is none, or may not be written to."""
    text = typed.strip()
    kind = kind_of(settings, channel)
    if kind == "mail":
        if not is_mail_address(text):
            raise WrongField("channels.no_mail_address").at("address")
        local, _, host = text.rpartition("@")
        return f"{local}@{host.lower()}"
    if kind == "phone":
        return _number(settings, text, country, landline_is_wrong=channel == TEXT_MESSAGE)
    if kind == "chat":
        if not text.lstrip("-").isdecimal() or len(text) > 20:
            raise WrongField("channels.no_chat").at("address")
        return text
    if not PLAIN_ADDRESS.fullmatch(text):
        raise WrongField("channels.no_plain_address").at("address")
    return text


def _number(settings: Settings, text: str, country: str, *, landline_is_wrong: bool) -> str:
    found = read_number(text, country)
    if isinstance(found, Refusal):
        raise WrongField("channels.no_number").at("address")
    if not is_allowed(found, settings):
        raise WrongField("channels.number_not_allowed").at("address")
    if landline_is_wrong and number_type(found) == LANDLINE:
        raise WrongField("channels.landline").at("address")
    return found


def number_type(number: str) -> int:
    """What sort of number it is, of a number in E.164: a `phonenumbers.PhoneNumberType`."""
    try:
        return int(phonenumbers.number_type(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return int(phonenumbers.PhoneNumberType.UNKNOWN)


def takes_texts(number: str) -> bool:
    """Whether a number is one of phones that may show text messages, so that one can go there unasked."""
    return number.startswith("+") and number_type(number) in TAKE_TEXTS


def zone_at(settings: Settings, channel: str, address: str) -> ZoneInfo:
    """By which clock an address sleeps: that of the number, else our own."""
    if kind_of(settings, channel) == "phone" and address.startswith("+"):
        return zone_of(address, settings)
    return ZoneInfo(settings.timezone)
