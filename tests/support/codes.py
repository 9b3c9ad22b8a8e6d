"""Finds in the source every code of a sentence that is raised, written or said, with the facts that go with it.

Reads the syntax trees of all rooms: errors derived from RingbackError, and the calls that make a message. A code may
stand there as text, as a choice of two, as a constant of its module, or begin as text and go on with a value.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ringback.messages import ROOMS

ROOT = Path(__file__).parents[2]
MAKERS = {"message": 0, "Message": 0, "Refusal": 0, "say": 0, "refused": 0, "refusal": 1, "note": 0}
"""Calls that make a message, and which argument is the code. Those of `note` are without the room's name."""
AS_MAPPING = ("Message", "Refusal", "say")
"""Of those, the ones that take their facts as one mapping."""


@dataclass(frozen=True)
class Use:
    """One place where a code is used."""

    code: str
    """Ends in a star where the rest is a value."""
    facts: frozenset[str] | None
    """None: they are known only when it runs."""
    where: str

    def means(self, code: str) -> bool:
        return code.startswith(self.code[:-1]) if self.code.endswith("*") else code == self.code


@dataclass
class _Class:
    bases: list[str]
    code: str | None = None
    has_init: bool = False


@dataclass
class Source:
    """All modules of the rooms."""

    modules: dict[Path, ast.Module] = field(default_factory=dict)
    classes: dict[str, _Class] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for room in sorted(ROOMS):
            for path in sorted((ROOT / room).rglob("*.py")):
                if "migrations" not in path.parts and "node_modules" not in path.parts:
                    self.modules[path] = ast.parse(path.read_text(encoding="utf-8"))
        for module in self.modules.values():
            for node in ast.walk(module):
                if isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, _class(node))

    def uses(self) -> Iterator[Use]:
        for path, module in self.modules.items():
            constants = _constants(module)
            for node in ast.walk(module):
                if isinstance(node, ast.ClassDef) and node.name != "RingbackError" and self.is_error(node.name):
                    yield from self._of_class(node, path)
                elif isinstance(node, ast.Call):
                    yield from self._of_call(node, path, constants)
                elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and self.is_error(node.exc.id):
                    yield Use(self.code_of(node.exc.id) or "", frozenset(), f"{path}:{node.lineno}")

    def texts(self) -> set[str]:
        """Every text that stands in the rooms' code, but for the sentences themselves."""
        return {
            node.value
            for path, module in self.modules.items()
            if not path.name.endswith("messages.py")
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }

    def is_error(self, name: str) -> bool:
        known = self.classes.get(name)
        return name == "RingbackError" or (known is not None and any(self.is_error(base) for base in known.bases))

    def code_of(self, name: str) -> str | None:
        known = self.classes.get(name)
        if known is None or name == "RingbackError":
            return None
        return known.code or next((code for base in known.bases if (code := self.code_of(base))), None)

    def _of_class(self, node: ast.ClassDef, path: Path) -> Iterator[Use]:
        """What a class with an `__init__` of its own hands to its base."""
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                facts = frozenset(str(each.arg) for each in call.keywords)
                codes = [str(each.value) for each in call.args[:1] if isinstance(each, ast.Constant)] or [
                    self.code_of(node.name) or ""
                ]
                yield from (Use(code, facts, f"{path}:{call.lineno}") for code in codes)

    def _of_call(self, node: ast.Call, path: Path, constants: dict[str, list[str]]) -> Iterator[Use]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        where = f"{path}:{node.lineno}"
        if name in self.classes and self.is_error(name):
            if self.classes[name].has_init:
                return
            codes = _codes(node.args[0], constants) if node.args else [self.code_of(name) or ""]
            yield from (Use(code, _named(node), where) for code in codes)
        elif name in MAKERS and len(node.args) > MAKERS[name]:
            begin = "recording." if name == "note" else ""
            facts = _mapped(node, MAKERS[name] + 1) if name in AS_MAPPING else _named(node)
            yield from (Use(begin + code, facts, where) for code in _codes(node.args[MAKERS[name]], constants))


def _class(node: ast.ClassDef) -> _Class:
    found = _Class([ast.unparse(base) for base in node.bases])
    for each in node.body:
        if (
            isinstance(each, ast.Assign)
            and ast.unparse(each.targets[0]) == "code"
            and isinstance(each.value, ast.Constant)
        ):
            found.code = str(each.value.value)
        found.has_init |= isinstance(each, ast.FunctionDef) and each.name == "__init__"
    return found


def _constants(module: ast.Module) -> dict[str, list[str]]:
    """By name, the texts of the module's constants: one, or the values of a table."""
    found = {}
    for node in module.body:
        if isinstance(node, ast.Assign):
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            texts = [each.value for each in values if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            found[ast.unparse(node.targets[0])] = texts
    return found


def _codes(node: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    """None for one that was made elsewhere and is passed on."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return _codes(node.body, constants) + _codes(node.orelse, constants)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return [f"{node.values[0].value}*"]
    if isinstance(node, ast.Subscript):
        return constants.get(ast.unparse(node.value), [])
    return constants.get(ast.unparse(node), [])


def _named(node: ast.Call) -> frozenset[str] | None:
    names = [each.arg for each in node.keywords]
    return None if None in names else frozenset(str(name) for name in names)


def _mapped(node: ast.Call, at: int) -> frozenset[str] | None:
    if len(node.args) <= at:
        return frozenset()
    given = node.args[at]
    if not isinstance(given, ast.Dict) or not all(isinstance(key, ast.Constant) for key in given.keys):
        return None
    return frozenset(str(ast.literal_eval(key)) for key in given.keys if key is not None)
