"""Small faults of a module that would change a figure or a word, one at a time."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

LAYOUT = {
    "icon", "key", "strict", "min_column_width", "height", "width", "border", "horizontal",
    "vertical_alignment", "type", "anchor", "hide_index", "on_change",
}  # fmt: skip
"""Arguments that place a thing on a screen or guard a loop: they say nothing."""

OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.Mult,), ast.Pow: (ast.Mult,), ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}  # fmt: skip
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
TOLD = (ast.Return, ast.GeneratorExp, ast.ListComp, ast.DictComp, ast.List, ast.Tuple)
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """A module with one fault; ``owner`` is the function it lies in, None outside of all."""

    line: int
    source: str
    change: str
    owner: str | None
    code: CodeType


def mutants(text: str, filename: str) -> Iterator[Mutant]:
    """Every fault there is to put into a module, in the order of its lines."""
    tree, lines = ast.parse(text), text.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            node.format_spec.is_format = True
    for parent, field, index, node, owner in list(_sites(tree, None)):
        for other in _others(node, parent, field):
            ast.copy_location(other, node)
            change = _told(ast.unparse(node), ast.unparse(other))
            _put(parent, field, index, other)
            ast.fix_missing_locations(tree)
            code = compile(tree, filename, "exec")
            _put(parent, field, index, node)
            line = getattr(node, "lineno", getattr(parent, "lineno", 0))
            yield Mutant(line, lines[line - 1].strip(), change, owner, code)


def _told(before: str, after: str) -> str:
    """What changes; of something long only the part that differs."""
    if len(before) > 80 and before[:40] == after[:40]:
        pairs = enumerate(zip(before, after, strict=False))
        same = next((i for i, (one, two) in pairs if one != two), 40)
        before, after = (f"… {text[same - 20 : same + 40]} …" for text in (before, after))
    return " ".join(f"{before} -> {after}".split())


def _put(parent: ast.AST, field: str, index: int | None, node: Any) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _sites(
    node: ast.AST, owner: str | None, scope: str = ""
) -> Iterator[tuple[ast.AST, str, int | None, ast.AST, str | None]]:
    """Every node that may be changed, with where it hangs; what says nothing is left out."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _says_nothing(child):
                continue
            inner, named = owner, scope
            if isinstance(child, (*FUNCTION, ast.ClassDef)):
                named = f"{scope}{child.name}."
            elif isinstance(node, FUNCTION) and field == "body":
                inner = owner or scope[:-1]
            yield node, field, index, child, inner
            yield from _sites(child, inner, named)


def _says_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant(str())) | ast.Import() | ast.ImportFrom() | ast.Delete():
            return True
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Assign([ast.Name("__all__" | "LOG")]):
            return True
        case ast.FunctionDef(name="__repr__") | ast.Expr(ast.Call(ast.Attribute(ast.Name("LOG")))):
            return True
        case ast.keyword(arg=name):
            return name in LAYOUT
        case ast.Subscript(ast.Name("Literal")):
            return True
    return False


def _others(node: Any, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand in the place of a node instead."""
    kind = node.__class__
    if isinstance(node, ast.Constant):
        yield from _constants(node, parent, field)
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        for operator in OPERATORS.get(type(node.op), ()):
            yield kind(**{**vars(node), "op": operator()})
    elif isinstance(node, ast.Compare):
        for i, was in enumerate(node.ops):
            for operator in OPERATORS[type(was)]:
                ops = [*node.ops[:i], operator(), *node.ops[i + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Name) and field == "func" and node.id in FUNCTIONS:
        yield ast.Name(FUNCTIONS[node.id], node.ctx)
    elif isinstance(node, ast.Call):
        is_symmetric = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
        for args in () if is_symmetric else _swapped(node.args):
            yield ast.Call(node.func, args, node.keywords)
        for values in _swapped([k.value for k in node.keywords if k.arg not in LAYOUT]):
            rest = iter(values)
            keywords = [
                k if k.arg in LAYOUT else ast.keyword(k.arg, next(rest)) for k in node.keywords
            ]
            yield ast.Call(node.func, node.args, keywords)
    elif isinstance(node, ast.Tuple) and isinstance(parent, TOLD):
        if not all(isinstance(element, ast.Constant) for element in node.elts):
            yield from (ast.Tuple(elements, node.ctx) for elements in _swapped(node.elts))
    elif isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
        yield ast.Return(ast.Constant(None))
    if isinstance(node, ast.Expr | ast.Raise | ast.Continue | ast.Break | ast.AugAssign):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()
    is_condition = field in ("ifs", "test", "guard") and not isinstance(parent, ast.IfExp)
    if is_condition and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)


def _constants(node: ast.Constant, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        others: list[object] = [not value]
    elif isinstance(value, int):
        others = [value + 1, 0] if value == 1 else [value + 1]
    elif isinstance(value, float):
        others = [round(value * 1.1, 12) or 1.0]
    elif isinstance(value, str):
        others = [f"XX{value}"]
        if isinstance(parent, ast.JoinedStr) and getattr(parent, "is_format", False):
            digit = re.search(r"\d", value)
            at = digit.start() if digit else 0
            others = [f"{value[:at]}{(int(value[at]) + 1) % 10}{value[at + 1 :]}" if digit else ""]
    else:
        is_given = value is None and isinstance(parent, ast.IfExp | ast.keyword | ast.Call)
        others = [1] if is_given else []
    yield from map(ast.Constant, others)


def _swapped(values: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """The same values with two neighbours of one kind changed round."""
    for i, (one, two) in enumerate(pairwise(values)):
        if type(one) is type(two) and ast.dump(one) != ast.dump(two):
            yield [*values[:i], two, one, *values[i + 2 :]]
