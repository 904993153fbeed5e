"""Descriptions of fields and of enumeration values, from the docstrings beside their definitions.

Python discards the docstrings of attributes, so they are read from the source and cost a function
no time. The docstring of an enumeration has a line of the form "- `value`: text" for each value.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any, get_args

import amzlinkr.domain
import amzlinkr.http.schemas

_VALUE = re.compile(r"^- `([^`]+)`: ", re.MULTILINE)


@dataclass(frozen=True)
class Enumeration:
    """A described enumeration: the name of its definition, its values, and a Markdown text."""

    name: str
    values: tuple[str, ...]
    text: str


def field_descriptions(struct: type) -> dict[str, str]:
    """Return the descriptions of the fields of a struct, those of its bases included."""
    found: dict[str, str] = {}
    for kind in reversed(struct.__mro__):
        if kind.__module__.startswith("amzlinkr."):
            found |= _attributes_of(kind.__module__, kind.__name__)
    return found


@cache
def enumerations() -> dict[frozenset[str], Enumeration]:
    """Return the described enumerations by the set of their values."""
    found = {}
    for module in _modules(amzlinkr.domain, amzlinkr.http.schemas):
        for name, text in _attributes_of(module.__name__, None).items():
            values = _values_of(getattr(module, name, None))
            if values and _VALUE.search(text):
                found[frozenset(values)] = _described(name, values, text)
        for name, kind in vars(module).items():
            if not (inspect.isclass(kind) and issubclass(kind, Enum)):
                continue
            # Python dedents docstrings from 3.13 on only.
            text = inspect.cleandoc(kind.__doc__ or "")
            if _VALUE.search(text):
                members = tuple(str(member.value) for member in kind)
                found[frozenset(members)] = _described(name, members, text)
    return found


def _described(name: str, values: tuple[str, ...], text: str) -> Enumeration:
    described = _VALUE.findall(text)
    if described != list(values):
        raise ValueError(f"{name} describes {described}, and has {list(values)}")
    return Enumeration(name, values, unwrapped(text))


def unwrapped(text: str) -> str:
    """Return a docstring with each paragraph, and each entry of a list, in one line."""
    return re.sub(r"(?<!\n)\n(?!- |\n)\s*", " ", inspect.cleandoc(text))


def _values_of(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, tuple) else get_args(value)
    return values if all(isinstance(one, str) for one in values) else ()


def _modules(*packages: ModuleType) -> Iterator[ModuleType]:
    for package in packages:
        for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(entry.name)


@cache
def _attributes_of(module: str, class_name: str | None) -> dict[str, str]:
    """Return the docstrings of the attributes of a module, or of a class in it."""
    body: list[ast.stmt] = ast.parse(inspect.getsource(importlib.import_module(module))).body
    if class_name is not None:
        (body,) = [
            node.body for node in body if isinstance(node, ast.ClassDef) and node.name == class_name
        ]
    found = {}
    for definition, following in pairwise(body):
        match definition, following:
            case (
                (ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)])),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = unwrapped(text)
    return found
