"""The settings as checks see them: all of them, and what is known of parts that are wrong by themselves."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringback.config.remarks import Remark, Way, nearest
from ringback.messages import Message, message

if TYPE_CHECKING:
    from ringback.config.settings import Settings

NOWHERE = ("none", "null", "no", "off", "never", "false", "-")
"""What people write for nothing at all."""


@dataclass(frozen=True)
class Whole:
    """The settings, and what is known of parts that are wrong by themselves."""

    settings: "Settings"
    wrong: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By section the names of entries that stand in the file and cannot be used yet."""
    document: Any = field(default_factory=dict)
    """What stands in the file, without the wrong parts; empty where no file gave the settings."""
    lost: Collection[str] = ()
    """Sections that cannot be used at all: the defaults stand in their place."""

    def names(self, section: str) -> set[str]:
        """All names that a section gives, also to what is wrong."""
        given = getattr(self.settings, section)
        own = {each.name for each in given} if section == "agents" else set(given)
        return own | {*self.wrong.get(section, ())}

    def refers(self, way: Way, section: str, name: str | None, code: str) -> Iterator[Remark]:
        """A remark if `name` is not in `section`."""
        if name is None or section in self.lost or name in self.names(section):
            return
        known = sorted(self.names(section))
        facts = {"name": name, "known": known}
        what = Message(code, facts) if known else message("ringback.none_in_section", section=section, name=name)
        if self.document and way[0] not in self.document and way[0] not in self.lost:
            own = {"own": str(way[0]), "section": section, "name": name}
            yield Remark(way, message("ringback.own_refers", **own), nearest(name, known), also=((section,),))
        elif name in NOWHERE and code != "ringback.no_agent":
            yield Remark(way, message("ringback.write_null", name=name), "null", also=((section,),))
        else:
            yield Remark(way, what, nearest(name, known), also=((section,),))
