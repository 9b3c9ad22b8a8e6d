"""A message to a customer as a mail: headers that no typed word can break, and tokens by which answers find back. Pure.

The words of headers are one line of characters that show before they come here, and the library encodes them.
"""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from channels.models import ChannelMessage
from channels.policy import LONGEST_NAME
from ringback.config.channels import MailChannel
from ringback.foreign_text import one_line
from ringback.messages import message

MOST_REFERENCES = 5


def answer_address(channel: MailChannel, token: str) -> str:
    """Where answers and reports go: with the token in it, if the mailbox takes that."""
    local, _, host = channel.server.sender.rpartition("@")
    is_plus = channel.inbox is not None and channel.inbox.plus and len(local) + len(token) < LONGEST_NAME
    return f"{local}+{token}@{host}" if is_plus else channel.server.sender


def letter_of(
    row: ChannelMessage,
    channel: MailChannel,
    from_name: str,
    at: datetime,
    *,
    stop: str = "",
    earlier: Sequence[str] = (),
) -> EmailMessage:
    """`stop`: the address of the page that ends these mails; `earlier`: tokens of what was written to the same address
    before, the newest last."""
    local, _, host = channel.server.sender.rpartition("@")
    mail = EmailMessage()
    mail["From"] = Address(one_line(from_name, LONGEST_NAME), local, host)
    mail["To"] = row.address
    mail["Subject"] = row.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{row.token}@{host}>"
    answers = answer_address(channel, row.token)
    if answers != channel.server.sender:
        mail["Reply-To"] = answers
    if earlier:
        mail["In-Reply-To"] = f"<{earlier[-1]}@{host}>"
        mail["References"] = " ".join(f"<{token}@{host}>" for token in earlier[-MOST_REFERENCES:])
    if row.purpose != "person":
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if stop:
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_body(row, channel, stop), cte="quoted-printable")
    return mail


def _body(row: ChannelMessage, channel: MailChannel, stop: str) -> str:
    notes = []
    if channel.inbox is not None:
        notes.append(message("channels.footer_answer").worded(row.language))
    if stop:
        notes.append(message("channels.footer_stop", address=stop).worded(row.language))
    return row.text + ("\n\n-- \n" + "\n".join(notes) if notes else "") + "\n"
