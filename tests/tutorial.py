"""The cells of ``docs/tutorial.ipynb``, run one after the other in one namespace, as Jupyter does.

``python -m tests.tutorial`` writes their outputs into the notebook again.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "tutorial.ipynb"


def cells() -> list[dict[str, Any]]:
    return json.loads(NOTEBOOK.read_text("utf-8"))["cells"]


def outputs(of: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What each code cell prints and shows, in the notebook's own form."""
    namespace: dict[str, Any] = {}
    return [_output("".join(c["source"]), namespace) for c in of if c["cell_type"] == "code"]


def _output(source: str, namespace: dict[str, Any]) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body[-1]
    shown = tree.body.pop() if isinstance(last, ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "tutorial", "exec"), namespace)
        answer = (
            eval(compile(ast.Expression(shown.value), "tutorial", "eval"), namespace)
            if isinstance(shown, ast.Expr)
            else None
        )
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        text = printed.getvalue().splitlines(keepends=True)
        found.append({"output_type": "stream", "name": "stdout", "text": text})
    if answer is not None:
        data = {"text/plain": repr(answer).splitlines(keepends=True)}
        if hasattr(answer, "_repr_html_"):
            data["text/html"] = answer._repr_html_().splitlines(keepends=True)
        found.append({"output_type": "display_data", "metadata": {}, "data": data})
    return found


def main() -> None:
    document = json.loads(NOTEBOOK.read_text("utf-8"))
    code = [c for c in document["cells"] if c["cell_type"] == "code"]
    for cell, found in zip(code, outputs(document["cells"]), strict=True):
        cell["outputs"], cell["execution_count"] = found, None
    NOTEBOOK.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
