"""How the report of `evaluate` looks: tables, and where a terminal is too narrow for them, a few lines for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.cli.render import Column, print_fitting_table, print_pairs

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.assessing import Assessment
    from archcli.commands.evaluate import EvaluateReport
    from archcli.commands.scores import OutputScores

_MOST_ROWS = 40


def print_report(report: EvaluateReport, console: Console) -> None:
    """Print scores beside baselines, each class or step, the worst mistakes, and where all of it is kept."""
    assessed = report.assessed
    part = assessed.scores
    print_pairs([(part.part, f"{part.examples:,} example{'s' * (part.examples != 1)}")], console)
    console.print()
    _print_scores(assessed, console)
    for own in part.answers:
        several = f" of {own.target.name}" if len(part.answers) > 1 else ""
        _print_classes(own, several, console)
        _print_numbered(assessed, own, several, console)
        _print_mistakes(assessed, own, several, console)
    notes = [("note", note) for note in (*assessed.notes, *report.notes)]
    kept = [] if report.kept is None else [("kept", str(report.kept))]
    if notes or kept:
        console.print()
        print_pairs([*notes, *kept], console)


def _print_scores(assessed: Assessment, console: Console) -> None:
    baselines = assessed.flat_baselines
    columns = [Column("score"), Column("model", "right"), Column("95 % interval", "right")]
    columns += [Column(name, "right") for name in baselines]
    rows = []
    for name, value in assessed.scores.scores.items():
        interval = assessed.intervals.get(name)
        shown = "" if interval is None else f"[{_number(interval[0])}, {_number(interval[1])}]"
        others = (scores.get(name) for scores in baselines.values())
        rows.append((name, _number(value), shown, *("" if other is None else _number(other) for other in others)))
    print_fitting_table(columns, rows, console)


def _print_classes(own: OutputScores, several: str, console: Console) -> None:
    if not own.classes:
        return
    is_multilabel = own.target.kind == "multilabel"
    noun = "label" if is_multilabel else "class"
    counted = "examples" if is_multilabel or not own.target.shape else "labels"
    titles = ("precision", "recall", "f1", "roc_auc", "pr_auc", counted)
    columns = [Column(f"{noun}{several}"), *(Column(title, "right") for title in titles)]
    shown = (
        sorted(own.classes, key=lambda one: (not one.examples, one.f1))[:_MOST_ROWS]
        if len(own.classes) > _MOST_ROWS
        else own.classes
    )
    rows = [
        (
            one.name,
            *(_number(value) for value in (one.precision, one.recall, one.f1)),
            *("" if area is None else _number(area) for area in (one.roc_auc, one.pr_auc)),
            f"{one.examples:,}",
        )
        for one in shown
    ]
    console.print()
    print_fitting_table(columns, rows, console)
    if len(shown) < len(own.classes):
        console.print(f"the {len(shown)} of {len(own.classes)} with the lowest f1", soft_wrap=True)


def _print_numbered(assessed: Assessment, own: OutputScores, several: str, console: Console) -> None:
    """Print the scores of each step ahead of a series, or of each of several columns."""
    data = assessed.targets()[own.target.name]
    numbered = data["steps"] or data["columns"]
    if not numbered or len(numbered) < 2 or len(numbered) > _MOST_ROWS:
        return
    names = [name for name in ("r2", "mae", "rmse") if all(name in row for row in numbered)]
    baselines = list(numbered[0].get("baselines", ()))
    first = "step" if data["steps"] else "column"
    columns = [Column(f"{first}{several}", "right" if data["steps"] else "left")]
    columns += [Column(name, "right") for name in (*names, *(f"{name} mae" for name in baselines))]
    rows = [
        (
            str(row[first]),
            *(_number(row[name]) for name in names),
            *(_number(row["baselines"][name]["mae"]) for name in baselines),
        )
        for row in numbered
    ]
    console.print()
    print_fitting_table(columns, rows, console)


def _print_mistakes(assessed: Assessment, own: OutputScores, several: str, console: Console) -> None:
    mistakes = assessed.mistakes.get(own.target.name, ())
    if not mistakes:
        return
    is_placed = any(one.place for one in mistakes)
    has_columns = any(one.column for one in mistakes)
    place = "step" if len(mistakes[0].place) == 1 else "place"
    columns = [Column(f"worst{several}: row", "right")]
    columns += [Column(place, "right")] if is_placed else []
    columns += [Column("column")] if has_columns else []
    columns += [Column("true"), Column("told"), Column("confidence" if own.classes else "off by", "right")]
    rows = []
    for one in mistakes:
        placed = [",".join(map(str, one.place))] if is_placed else []
        column = [one.column or ""] if has_columns else []
        off = float(one.answer) - float(one.truth) if one.confidence is None else one.confidence
        rows.append((str(one.row), *placed, *column, _cell(one.truth), _cell(one.answer), _number(off)))
    console.print()
    print_fitting_table(columns, rows, console)


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 10_000 else f"{value:.6g}"
