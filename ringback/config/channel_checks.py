"""What ways to customers demand of other sections: channels that exist, an address at which links can be opened."""

from collections.abc import Callable, Iterator

from ringback.config.channels import MAIL, TELEGRAM, TEXT_MESSAGE, ServiceChannel
from ringback.config.remarks import Remark, nearest
from ringback.config.whole import Whole
from ringback.messages import message


def surveys_are_sent_somewhere(whole: Whole) -> Iterator[Remark]:
    """A survey's link goes by a channel that takes the caller's number, and can be opened."""
    settings = whole.settings
    known = settings.channels.all
    for name, survey in settings.surveys.items():
        if survey.by_message is None:
            continue
        way = ("surveys", name, "by_message", "channel")
        channel = survey.by_message.channel
        if channel not in known:
            said = message("ringback.no_channel", name=channel, known=sorted(known) or ["–"])
            yield Remark(way, said, nearest(channel, known))
            continue
        found = settings.channels.services.get(channel)
        if channel in (MAIL, TELEGRAM) or (isinstance(found, ServiceChannel) and found.to != "phone"):
            yield Remark(way, message("ringback.survey_link_chat"), TEXT_MESSAGE if TEXT_MESSAGE in known else "")
        if not settings.web.public_url:
            yield Remark(("web", "public_url"), message("ringback.survey_link_address"), also=(way,))


CHANNEL_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (surveys_are_sent_somewhere,)


def links_can_be_opened(whole: Whole) -> Iterator[Remark]:
    """Agents are offered links where customers can open them."""
    settings = whole.settings
    if settings.channels.all and not settings.web.public_url:
        yield Remark(("web", "public_url"), message("ringback.links_nowhere"), level="note", also=(("channels",),))
    folder = settings.channels.documents
    if folder is not None and not folder.is_dir():
        said = message("ringback.no_documents", folder=folder)
        yield Remark(("channels", "documents"), said, level="note")


CHANNEL_SENSE_CHECKS: tuple[Callable[[Whole], Iterator[Remark]], ...] = (links_can_be_opened,)
