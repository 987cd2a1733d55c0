"""How the report of `data check` looks: what was read, a row for each column, the classes, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text

from archcli.cli.render import Column, escape_controls, print_pairs, print_table, problem_data
from archcli.cli.sparkline import Marks, choose_marks, draw_bar
from archcli.recipe.delimited import shown_path

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.data_check import DataReport
    from archcli.data.audit.auditing import Audit
    from archcli.data.audit.finding import Finding
    from archcli.data.audit.shares import Balance
    from archcli.data.audit.summaries import Summary
    from archcli.data.splits import PartName
    from archcli.recipe.recipe import Data, Split

MOST_COLUMNS: Final = 40
"""Columns of the data that are shown; `--json` has all."""

MOST_CLASSES: Final = 20
MOST_OF_A_CODE: Final = 5
"""Findings of one code that are shown."""

BAR: Final = 8
GAP: Final = 3
"""Cells between two columns of a table on a terminal."""

WORD_CELLS: Final = 24
"""Cells of a category or text in a table."""


def print_report(report: DataReport, console: Console) -> None:
    """Print what the data are and what was found in them."""
    audit = report.audit
    print_pairs(_heading(report), console)
    for columns, rows in _column_tables(audit, choose_marks(console)):
        _print_line(console)
        _print_fitting(columns, rows, console)
    if len(audit.summaries) > MOST_COLUMNS:
        _print_line(console, f"and {len(audit.summaries) - MOST_COLUMNS:,} more columns, which --json shows")
    for balance in audit.balances:
        _print_line(console)
        _print_balance(balance, console)
    _print_line(console)
    _print_findings(audit.findings, console)


def report_data(report: DataReport, command: str) -> dict[str, object]:
    """Return a report as plain data for `--json`; `command` is what to type next."""
    audit, split = report.audit, report.data.split
    return {
        "recipe": report.recipe,
        "file": str(report.path),
        "source": {report.data.source.name: dict(report.data.source.arguments)},
        "examples": dict(audit.examples),
        "split": {name: value for name, value in vars(split).items() if name != "location"},
        "columns": [_summary_data(summary) for summary in audit.summaries],
        "classes": {
            balance.target: {
                part: dict(zip(balance.classes, counts, strict=True)) for part, counts in balance.counts.items()
            }
            for balance in audit.balances
        },
        "findings": [_finding_data(found) for found in audit.findings],
        "command": command,
    }


def _print_fitting(columns: Sequence[Column], rows: Sequence[Sequence[str]], console: Console) -> None:
    """Print a table; on a narrow terminal one with fewer columns, or a sentence for each row where that is too wide."""
    for left_out in ((), ("as",), ("as", "type")):
        kept = [index for index, column in enumerate(columns) if column.title not in left_out]
        chosen, table = [columns[index] for index in kept], [[row[index] for index in kept] for row in rows]
        if not console.is_terminal or _width(chosen, table) <= console.width:
            print_table(chosen, table, console)
            return
    for name, *cells in rows:
        told = zip(columns[1:], cells, strict=True)
        words = [cell if column.title in _BARE else f"{column.title} {cell}" for column, cell in told if cell.strip()]
        _print_line(console, name, style="bold")
        for line in Text(escape_controls(", ".join(words))).wrap(console, max(1, console.width - 2)):
            _print_line(console, f"  {line.plain.rstrip()}")


def _heading(report: DataReport) -> Iterator[tuple[str, str]]:
    audit = report.audit
    yield "recipe", report.recipe
    yield "source", _write_source(report.data)
    counts = ", ".join(f"{part} {count:,}" for part, count in audit.examples.items())
    total = sum(audit.examples.values())
    yield "examples", f"{total:,}: {counts}" if len(audit.examples) > 1 else f"{total:,}, all for training"
    yield "split", _write_split(report.data.split)


def _write_source(data: Data) -> str:
    source = data.source
    path = source.arguments.get("path")
    others = {name: value for name, value in source.arguments.items() if name != "path"}
    shown = [f"{name} {value}" for name, value in others.items() if isinstance(value, (str, int, float))]
    return ", ".join([source.name, *([shown_path(Path(path))] if isinstance(path, str) else []), *shown])


def _write_split(split: Split) -> str:
    if split.folds is not None:
        return f"fold {split.fold or 1} of {split.folds}, seed {split.seed}"
    if split.time:
        return "in the order of the examples"
    if not split.validation and not split.test:
        return "none"
    how = f"by group, `{split.group}`" if split.group else "by class" if split.stratify else "at random"
    return f"{how}, seed {split.seed}"


def _column_tables(audit: Audit, marks: Marks) -> Iterator[tuple[list[Column], list[list[str]]]]:
    """Yield a table of the columns of numbers, and one of all others; columns in which nothing stands are left out."""
    shown = audit.summaries[:MOST_COLUMNS]
    titles = ["column", "as", "type", "shape", "missing"]
    numbers = [[*_begin(one), *_figures(one), _lengths(one)] for one in shown if one.variable.holds == "numbers"]
    words = [[*_begin(one), *_words(one, marks), _lengths(one)] for one in shown if one.variable.holds != "numbers"]
    if numbers:
        yield _without_empty([*titles, "minimum", "mean", "maximum", "length"], numbers)
    if words:
        yield _without_empty([*titles, "different", "most frequent", "times", "from", "to", "length"], words)


_BARE: Final = ("as", "type", "shape")
_LEFT: Final = ("column", "as", "type", "shape", "most frequent", "from", "to", "length")


def _without_empty(titles: list[str], rows: list[list[str]]) -> tuple[list[Column], list[list[str]]]:
    kept = [index for index in range(len(titles)) if any(row[index] for row in rows)]
    columns = [Column(titles[index], "left" if titles[index] in _LEFT else "right") for index in kept]
    return columns, [[row[index] for index in kept] for row in rows]


def _begin(summary: Summary) -> list[str]:
    variable = summary.variable
    use = variable.role if variable.owner == variable.name else f"{variable.role} {variable.owner}"
    sizes = () if variable.holds in ("texts", "flags") else variable.shape
    shape = " x ".join("steps" if size is None else str(size) for size in sizes)
    return [variable.name, use, variable.kind, shape, f"{summary.missing:,}"]


def _figures(summary: Summary) -> list[str]:
    return ["" if value is None else f"{value:.5g}" for value in (summary.minimum, summary.mean, summary.maximum)]


def _words(summary: Summary, marks: Marks) -> list[str]:
    different = "" if summary.different is None else f"{summary.different:,}"
    name, count = summary.most_frequent or ("", 0)
    return [
        different,
        cut_cells(" ".join(name.split()), WORD_CELLS, marks),
        f"{count:,}" if count else "",
        summary.earliest or "",
        summary.latest or "",
    ]


def _lengths(summary: Summary) -> str:
    found = summary.lengths
    if found is None:
        return ""
    if found.least == found.most:
        return f"{found.most:,}"
    return f"{found.least:,} to {found.most:,}, median {found.median:g}"


def cut_cells(text: str, cells: int, marks: Marks) -> str:
    """Return `text`, cut where it is wider than `cells`."""
    shown = Text(escape_controls(text))
    if shown.cell_len <= cells:
        return shown.plain
    shown.truncate(max(1, cells - cell_len(marks.more)))
    return shown.plain.rstrip() + marks.more


def _print_balance(balance: Balance, console: Console) -> None:
    """Print how many labels of each part have each class: the parts side by side, or where that is too wide in turn."""
    marks = choose_marks(console)
    order = list(range(len(balance.classes)))
    if len(order) > MOST_CLASSES:
        order = sorted(order, key=lambda index: -balance.counts["training"][index])
        order = [*order[: MOST_CLASSES - 5], *order[-5:]]
    names = [cut_cells(balance.classes[index], WORD_CELLS, marks) for index in order]
    parts = list(balance.counts)
    cells = {part: _bars(balance, part, order, marks) for part in parts}
    columns = [Column(balance.target), *(Column(part) for part in parts)]
    rows = [[name, *(cells[part][index] for part in parts)] for index, name in enumerate(names)]
    if not console.is_terminal or _width(columns, rows) <= console.width:
        print_table(columns, rows, console)
    else:
        for index, part in enumerate(parts):
            if index:
                _print_line(console)
            table = list(zip(names, cells[part], strict=True))
            print_table([Column(balance.target), Column(part)], table, console)
    if len(order) < len(balance.classes):
        rest = len(balance.classes) - len(order)
        _print_line(console, f"the 5 last are the rarest; {rest:,} more between, which --json shows")


def _bars(balance: Balance, part: PartName, order: Sequence[int], marks: Marks) -> list[str]:
    """Return a cell for each class: count, share, and a bar, full for the largest share of any part."""
    largest = max(balance.share(one, index) for one in balance.counts for index in range(len(balance.classes))) or 1
    counts = [f"{balance.counts[part][index]:,}" for index in order]
    room = max(map(len, counts))
    cells = []
    for index, count in zip(order, counts, strict=True):
        share = balance.share(part, index)
        bar = draw_bar(share / largest, width=BAR, marks=marks)
        cells.append(f"{count:>{room}} {share:>6.1%} {bar}")
    return cells


def _print_findings(findings: Sequence[Finding], console: Console) -> None:
    """Print what was found, at most a few of each code, and how many there are in all."""
    shown: Counter[str] = Counter()
    for found in findings:
        problem = found.problem
        shown[problem.code] += 1
        if shown[problem.code] > MOST_OF_A_CODE:
            continue
        line = Text.assemble((f"warning[{problem.code}]", "bold yellow"), f": {escape_controls(problem.message)}")
        console.print(line, soft_wrap=not console.is_terminal)
        if problem.hint is not None:
            hint = Text.assemble(("hint:", "cyan"), f" {escape_controls(problem.hint)}")
            console.print(hint, soft_wrap=not console.is_terminal)
        _print_line(console)
    hidden = sum(max(0, count - MOST_OF_A_CODE) for count in shown.values())
    count = f"{len(findings)} finding" + ("" if len(findings) == 1 else "s")
    more = f", {hidden} of them not shown but by --json" if hidden else ""
    code = next(iter(shown)) if len(shown) == 1 else "CODE"
    closing = f"{count}{more}; for more: archcli explain {code}" if findings else "nothing was found that needs a look"
    _print_line(console, closing)


def _print_line(console: Console, text: str = "", *, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)


def _width(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    widths = [max(cell_len(column.title), *(cell_len(row[i]) for row in rows)) for i, column in enumerate(columns)]
    return sum(widths) + GAP * (len(widths) - 1)


def _summary_data(summary: Summary) -> dict[str, object]:
    variable, lengths = summary.variable, summary.lengths
    return {
        "column": variable.name,
        "name": variable.owner,
        "role": variable.role,
        "type": variable.kind,
        "shape": list(variable.shape),
        "examples": summary.examples,
        "missing": summary.missing,
        "minimum": summary.minimum,
        "mean": summary.mean,
        "maximum": summary.maximum,
        "different": summary.different,
        "most_frequent": None if summary.most_frequent is None else list(summary.most_frequent),
        "earliest": summary.earliest,
        "latest": summary.latest,
        "lengths": None if lengths is None else vars(lengths),
    }


def _finding_data(found: Finding) -> dict[str, object]:
    known = problem_data(found.problem)
    return {
        "code": known["code"],
        "message": known["message"],
        "hint": known["hint"],
        "columns": list(found.columns),
        "rows": list(found.rows),
        "count": found.count,
    }
