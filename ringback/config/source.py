"""A settings file as it was written: its words, and where in the file each of them stands.

Owns reading YAML. Every scalar is kept as the text that stands in the file: `off`, `+7`, `12:30`, `2026-12-24` and
`5060` are read by the field they are for, and never first by YAML's own idea of them (docs/adr/0024). What YAML takes
as it is and no owner can mean, a key given twice, a number that begins with 0, is a remark. What the words mean is
`reading.py`'s.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from ringback.config.remarks import START, Remark, SettingError, Spot, Way
from ringback.messages import Message, message, text

MOST_BYTES = 1_000_000
"""A settings file is pages long; what is larger is another file."""
MOST_PARTS = 50_000
"""Aliases of aliases make a small file endless."""
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_ODD_SPACE = re.compile("^ *([\u00a0\u2000-\u200b\u202f\u205f\u3000])", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")
"""As escapes of YAML may bring them in; neither the database nor Asterisk takes them."""
_CONFLICT = re.compile(r"^(<<<<<<<|=======|>>>>>>>)( |$)", re.MULTILINE)
_STANDARD = {f"tag:yaml.org,2002:{name}" for name in "str int float bool null timestamp map seq merge value".split()}
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


class UnreadableFile(SettingError):
    """The file is no YAML."""

    spot: Spot = START
    """From where on."""

    def at(self, spot: Spot) -> "UnreadableFile":
        """Itself, with its place."""
        self.spot = spot
        return self


_SLIPS = (
    ("ringback.yaml_colon", ("mapping values are not allowed",)),
    ("ringback.yaml_no_colon", ("could not find expected ':'",)),
    ("ringback.yaml_two_documents", ("but found another document",)),
    ("ringback.yaml_alias", ("undefined alias", "expected alphabetic or numeric character")),
    ("ringback.yaml_indent", ("expected <block end>",)),
    ("ringback.yaml_bracket", ("expected ',' or", "expected the node content", "but found '<stream end>'")),
    ("ringback.yaml_unclosed", ("unexpected end of stream",)),
    ("ringback.yaml_quote", ("cannot start any token",)),
    ("ringback.yaml_other", ("expected '<document start>'",)),
)
"""By the library's words for a slip, the code of ours."""


@dataclass(frozen=True)
class FolderPart:
    """One file's text within the whole."""

    name: str
    first_line: int
    """Of the whole, counted from 1: where its first line stands."""
    text: str

    @property
    def in_place(self) -> str:
        """Its text with as many empty lines before it that each line has the number that it has in the whole."""
        return "\n" * (self.first_line - 1) + self.text


@dataclass
class Source:
    """A document with the spots of its parts."""

    document: Any = None
    """Mappings, lists, texts, and None where nothing is written."""
    spots: dict[Way, Spot] = field(default_factory=dict)
    """Where each part begins: what has a name at its name, what is in a list at itself."""
    remarks: list[Remark] = field(default_factory=list)
    parts: Sequence[FolderPart] = ()
    """The files of a folder that the text was put together from; none: it is one text."""

    def spot(self, *ways: Way) -> Spot:
        """Where the first of `ways` stands that is in the file; else the nearest that would hold the first."""
        for way in ways:
            if way in self.spots:
                return self.spots[way]
        way = ways[0] if ways else ()
        while way:
            way = way[:-1]
            if way in self.spots:
                return self.spots[way]
        return START

    def renamed(self, old: Way, new: Way) -> None:
        """What stood at `old` is called `new` now, with all that is in it."""
        for way in [way for way in self.spots if way[: len(old)] == old]:
            self.spots[new + way[len(old) :]] = self.spots[way]


def written_of(content: bytes) -> str:
    """A file's text. Raises UnreadableFile."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile("ringback.settings_too_large", most=MOST_BYTES // 1000)
    return _decoded(content)


def read_source(written: str) -> Source:
    """The document of a text. Raises UnreadableFile."""
    if found := _ODD_SPACE.search(written):
        code = f"U+{ord(found[1]):04X}"
        raise UnreadableFile("ringback.settings_odd_space", character=code).at(_spot_at(written, found.start(1)))
    try:
        node = yaml.compose(written, Loader=yaml.SafeLoader)
        return _source_of(node)
    except ReaderError as error:
        at = _spot_at(written, error.position)
        code = f"U+{ord(error.character) if isinstance(error.character, str) else error.character:04X}"
        raise UnreadableFile("ringback.settings_odd_character", character=code).at(at) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Spot(mark.line + 1, mark.column + 1) if mark is not None else START
        why = _why(error, written, at)
        raise UnreadableFile("ringback.settings_not_yaml", why=why).at(at) from error
    except RecursionError as error:
        raise UnreadableFile("ringback.settings_too_deep") from error


def _decoded(content: bytes) -> str:
    """Text with or without a byte order mark. Raises UnreadableFile."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        at = _spot_at(content[: error.start].decode(encoding, "replace"), error.start)
        raise UnreadableFile("ringback.settings_not_utf8").at(at) from error


def _spot_at(written: str, position: int) -> Spot:
    before = written[:position]
    return Spot(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _why(error: yaml.MarkedYAMLError, written: str, at: Spot) -> Message:
    """The usual slips in words of ours; others in the library's."""
    lines = written.splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    problem = str(error.problem or error.context or "")
    if line[: at.column].strip(" ") == "\t" or "'\\t'" in problem:
        return message("ringback.yaml_tab")
    if _CONFLICT.search(written):
        return message("ringback.yaml_conflict")
    return next((Message(code) for code, words in _SLIPS for each in words if each in problem), text(problem))


def _source_of(node: Node | None) -> Source:
    walk = _Walk()
    if node is not None:
        walk.source.document = walk.value(node, ())
    return walk.source


class _Walk:
    """From nodes to words and spots."""

    def __init__(self) -> None:
        self.source = Source()
        self.parts = 0
        self.inside: set[int] = set()
        """Nodes that the walk is in: an alias to one of them never ends."""

    def value(self, node: Node, way: Way) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS or id(node) in self.inside:
            raise UnreadableFile("ringback.settings_endless").at(_begin(node))
        if node.tag not in _STANDARD:
            self.remark(way, node, message("ringback.settings_tag", tag=node.tag.removeprefix("tag:yaml.org,2002:")))
        if isinstance(node, ScalarNode):
            return self.scalar(node, way)
        self.inside.add(id(node))
        found: Any = self.mapping(node, way) if isinstance(node, MappingNode) else self.items(node, way)
        self.inside.discard(id(node))
        return found

    def scalar(self, node: ScalarNode, way: Way) -> str | None:
        if node.style is None and node.tag == _NULL:
            return None
        if node.style is None and _LEADING_ZERO.fullmatch(node.value):
            what = message("ringback.settings_leading_zero", given=node.value)
            self.remark(way, node, what, f"'{node.value}'")
        if found := _CONTROL.search(node.value):
            self.remark(way, node, message("ringback.settings_control", character=f"U+{ord(found[0]):04X}"))
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", node.value)

    def items(self, node: Node, way: Way) -> list[Any]:
        for at, each in enumerate(node.value):
            self.source.spots[(*way, at)] = _begin(each)
        return [self.value(each, (*way, at)) for at, each in enumerate(node.value)]

    def mapping(self, node: MappingNode, way: Way) -> dict[str, Any]:
        found: dict[str, Any] = {}
        seen: dict[str, Spot] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.remark(way, key, message("ringback.settings_odd_key"))
                continue
            if key.tag == _MERGE:
                continue
            name = self.scalar(key, (*way, str(key.value))) or str(key.value)
            if name in seen:
                what = message("ringback.settings_twice", name=name, first=seen[name].line)
                self.remark((*way, name), key, what)
                continue
            seen[name] = self.source.spots[(*way, name)] = _begin(key)
            found[name] = self.value(value, (*way, name))
        for key, value in self.merged(node):
            name = str(key.value)
            if name not in found:
                self.source.spots[(*way, name)] = _begin(key)
                found[name] = self.value(value, (*way, name))
        return found

    def merged(self, node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
        """What `<<` brings in from elsewhere, what comes first before what comes later."""
        for key, value in node.value:
            if key.tag == _MERGE:
                self.parts += 1
                if self.parts > MOST_PARTS or id(value) in self.inside:
                    raise UnreadableFile("ringback.settings_endless").at(_begin(key))
                for each in value.value if isinstance(value, SequenceNode) else [value]:
                    if not isinstance(each, MappingNode):
                        self.remark((), key, message("ringback.settings_merge"))
                    else:
                        yield from ((k, v) for k, v in each.value if isinstance(k, ScalarNode) and k.tag != _MERGE)
                        yield from self.merged(each)

    def remark(self, way: Way, node: Node, what: Message, suggestion: str = "") -> None:
        self.source.remarks.append(Remark(way, what, suggestion, spot=_begin(node)))


def _begin(node: Node) -> Spot:
    return Spot(node.start_mark.line + 1, node.start_mark.column + 1)
