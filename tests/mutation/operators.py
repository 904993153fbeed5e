"""Small changes of a source text: the mutants from which a sample is drawn.

Not changed: type annotations, strings (and with them docstrings, `__all__` and texts for people),
log calls, Protocols, overloads, arguments that only declare how a dataclass is made, and what
only checks the code itself: `assert_never`, and the `strict` of a `zip`.
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import TypeVar

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_FALSE = ("None", "False")
"""Not returned as None, which they are or which is as false; False is replaced by True."""
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
DECLARING_ARGUMENTS = frozenset({"frozen", "slots", "kw_only", "gc", "cache_hash"})
TEXTS_AND_LISTS = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)


Names = tuple[str, ...] | None


@dataclass(frozen=True)
class Change:
    """The replacement of the bytes `start` to `end` of a source, which begin in line `line`.

    `names` is None in a function. Elsewhere, code runs at import, and they are what it defines.
    """

    statement_line: int
    line: int
    start: int
    end: int
    new: str
    names: Names = None

    def apply_to(self, source: str) -> str:
        """Return the changed source."""
        text = source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()


def find_changes(source: str) -> list[Change]:
    """Return all changes of a Python source, in a fixed order."""
    tree = ast.parse(source)
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return [
        Change(
            statement.lineno,
            node.lineno,
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
            new,
            names,
        )
        for node, new, statement, names in _walk(tree, tree.body[0], ())
    ]


Node = TypeVar("Node", bound=ast.AST)
Found = tuple[ast.expr | ast.stmt, str, ast.stmt, Names]


def _walk(node: ast.AST, statement: ast.stmt, names: Names) -> Iterator[Found]:
    """Yield what to replace, by what, in which statement, and the names defined there at import."""
    for child in _children(node):
        around = child if isinstance(child, ast.stmt) else statement
        inner = _names_within(node, child, names)
        if isinstance(child, ast.expr | ast.stmt):
            yield from ((child, new, around, inner) for new in _replacements(child))
        yield from ((old, new, around, inner) for old, new in _dropped_conditions(child))
        yield from _walk(child, around, inner)
    yield from ((old, "pass", old, names) for old in _removable_returns(node))


def _names_within(node: ast.AST, child: ast.AST, names: Names) -> Names:
    """Return the names that `child` defines if it runs at import, and None in a function."""
    match node, child:
        case (ast.FunctionDef(), ast.stmt()) | (ast.Lambda(), _):
            return None
        case ((ast.Module() | ast.ClassDef()), (ast.ClassDef() | ast.FunctionDef())):
            return (child.name,)
        case ((ast.Module() | ast.ClassDef()), (ast.Assign() | ast.AnnAssign())):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            found = (name for target in targets for name in ast.walk(target))
            return tuple(name.id for name in found if isinstance(name, ast.Name))
        case _:
            return names


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children that may be changed."""
    is_zip = isinstance(node, ast.Call) and ast.unparse(node.func) == "zip"
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "type_params"} or (is_zip and field == "keywords"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_excluded(child):
                yield child


def _is_excluded(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg=name):
            return name in DECLARING_ARGUMENTS
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=logger))):
            return ast.unparse(logger) in {"log", "telemetry.log"}
        case ast.ClassDef(bases=bases):
            return any(ast.unparse(base).startswith("Protocol") for base in bases)
        case ast.FunctionDef(decorator_list=decorators):
            return any(ast.unparse(decorator) == "overload" for decorator in decorators)
        case (
            ast.If(test=ast.Name(id="TYPE_CHECKING"))
            | ast.Expr(value=ast.Call(func=ast.Name(id="assert_never")))
        ):
            return True
        case _:
            return isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom)


def _replacements(node: ast.expr | ast.stmt) -> Iterator[str]:
    """Yield the source texts by which a node is replaced."""
    match node:
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) not in _FALSE:
            yield "return None"
        case ast.stmt() if _is_removable(node):
            yield "pass"
        case ast.Compare():
            yield from _swapped_comparisons(node)
        case ast.BoolOp():
            yield from _changed_conditions(node)
        case ast.IfExp():
            yield from (_in_brackets(node.body), _in_brackets(node.orelse))
        case ast.expr():
            yield from _changed_values(node)


def _changed_values(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield _in_brackets(node.operand)
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC and not _is_text(node):
            yield ast.unparse(_with(node, op=ARITHMETIC[type(operator)]()))
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() | float() as value):
            yield str(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            yield ast.unparse(_with(node, func=ast.Name(FUNCTIONS[name])))


def _swapped_comparisons(node: ast.Compare) -> Iterator[str]:
    for place, operator in enumerate(node.ops):
        swapped = COMPARISONS[type(operator)]()
        yield ast.unparse(_with(node, ops=[*node.ops[:place], swapped, *node.ops[place + 1 :]]))


def _changed_conditions(node: ast.BoolOp) -> Iterator[str]:
    """Yield the other operator, and the condition without each of its parts."""
    yield _in_brackets(_with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And()))
    for place in range(len(node.values)):
        values = node.values[:place] + node.values[place + 1 :]
        yield _in_brackets(_with(node, values=values) if len(values) > 1 else values[0])


def _is_removable(node: ast.expr | ast.stmt) -> bool:
    """Return True for a statement without which no name is undefined."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Continue() | ast.Break():
            return True
        case _:
            return False


def _removable_returns(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield a return in a branch: without it, the rest of the function runs."""
    if isinstance(node, ast.If | ast.For | ast.With | ast.Try | ast.ExceptHandler | ast.match_case):
        yield from (child for child in node.body if isinstance(child, ast.Return))


def _dropped_conditions(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield the conditions of a branch, loop, or comprehension, and constants in their place."""
    match node:
        case ast.If():
            yield from ((node.test, "True"), (node.test, "False"))
        case ast.While() if not isinstance(node.test, ast.Constant):
            yield node.test, "False"
        case ast.comprehension():
            yield from ((condition, "True") for condition in node.ifs)


def _is_text(node: ast.BinOp) -> bool:
    """Return True if an operand is a text or a list: every test would notice a TypeError."""
    return any(
        isinstance(side, TEXTS_AND_LISTS)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )


def _with(node: Node, **fields: object) -> Node:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _in_brackets(node: ast.expr) -> str:
    """Return the source of an expression so that it may replace any other."""
    text = ast.unparse(node)
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Constant | ast.Subscript)
    return text if simple else f"({text})"
