"""A run directory is made once, never overwritten, and found again."""

from __future__ import annotations

import multiprocessing
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from archcli.errors import Problem, RecipeError, SetupError
from archcli.runs.directory import create_run, find_runs, open_run

if TYPE_CHECKING:
    from pathlib import Path


def _create_many(root: Path, count: int) -> None:
    for _ in range(count):
        create_run(root, "xor")


def _refusal(text: str, root: Path) -> Problem:
    with pytest.raises(RecipeError) as caught:
        open_run(text, root)
    (problem,) = caught.value.problems
    return problem


def test_runs_are_numbered_from_1_for_each_recipe(tmp_path: Path) -> None:
    """The folder says number and local time; each recipe name counts for itself."""
    runs = [create_run(tmp_path / "deep" / "runs", name) for name in ("xor", "xor", "digits")]

    assert [run.name for run in runs] == ["xor/1", "xor/2", "digits/1"]
    assert runs[1].path.parent == tmp_path / "deep" / "runs" / "xor"
    assert re.fullmatch(r"2-\d{8}-\d{6}", runs[1].path.name)


def test_a_new_run_has_its_folders_and_says_that_it_runs(tmp_path: Path) -> None:
    """Nothing hidden is left over from making it."""
    run = create_run(tmp_path, "xor")

    assert sorted(path.name for path in run.path.iterdir()) == ["checkpoints", "plots", "status.json"]
    assert [path for path in run.path.parent.iterdir() if path != run.path] == []


def test_the_files_of_a_run_have_the_promised_names(tmp_path: Path) -> None:
    """The names are a contract with the user."""
    run = create_run(tmp_path, "xor")

    paths = [
        run.recipe, run.resolved, run.command, run.environment, run.data, run.summary, run.history_jsonl,
        run.history_csv, run.metrics, run.log, run.plots, run.last_checkpoint, run.best_checkpoint, run.model,
    ]  # fmt: skip

    assert [path.relative_to(run.path).as_posix() for path in paths] == [
        "recipe.yaml", "resolved.yaml", "command.txt", "environment.json", "data.json", "summary.txt", "history.jsonl",
        "history.csv", "metrics.json", "log.txt", "plots", "checkpoints/last.npz", "checkpoints/best.npz",
        "model.keras",
    ]  # fmt: skip


def test_a_number_is_not_given_again_after_older_runs_were_deleted(tmp_path: Path) -> None:
    """The count goes on from the newest."""
    first = create_run(tmp_path, "xor")
    create_run(tmp_path, "xor")
    shutil.rmtree(first.path)

    assert create_run(tmp_path, "xor").number == 3


def test_more_than_nine_runs_are_counted_as_numbers(tmp_path: Path) -> None:
    """Ten comes after nine, not after one."""
    _create_many(tmp_path, 11)

    assert [run.number for run, _ in find_runs(tmp_path / "xor")] == list(range(1, 12))
    assert open_run("xor", tmp_path).number == 11


def test_processes_that_start_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    """Two processes never share a number, let alone a folder."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_create_many, args=(tmp_path, 40)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert [run.number for run, _ in find_runs(tmp_path / "xor")] == list(range(1, 161))


def test_a_process_killed_while_making_a_run_costs_only_its_number(tmp_path: Path) -> None:
    """A number that was reserved and never used is skipped."""
    (tmp_path / "xor" / ".1").mkdir(parents=True)

    assert create_run(tmp_path, "xor").number == 2


def test_a_root_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    """The folder and the reason are named."""
    (tmp_path / "runs").write_text("", encoding="utf-8")

    with pytest.raises(SetupError) as caught:
        create_run(tmp_path / "runs", "xor")

    (problem,) = caught.value.problems
    assert problem.code == "cannot-write"
    assert problem.message == f"`{tmp_path / 'runs' / 'xor'}` cannot be written: not a directory"


@pytest.mark.parametrize("text", ["xor", "xor/", "xor/2", "{path}", "{path}/", "{folder}", "xor/{path.name}"])
def test_a_run_is_found_by_name_number_folder_or_path(tmp_path: Path, text: str) -> None:
    """All that a user would type finds the newest or the very run."""
    create_run(tmp_path, "xor")
    second = create_run(tmp_path, "xor")

    found = open_run(text.format(path=second.path, folder=second.path.parent), tmp_path)

    assert found == second


def test_an_older_run_is_found_by_its_number(tmp_path: Path) -> None:
    """The newest is only what is meant without a number."""
    first = create_run(tmp_path, "xor")
    create_run(tmp_path, "xor")

    assert open_run("xor/1", tmp_path) == first


def test_a_run_that_was_moved_and_renamed_is_still_one(tmp_path: Path) -> None:
    """A run knows its name and number, whatever its folder is called."""
    run = create_run(tmp_path, "xor")
    run.path.rename(tmp_path / "best")

    found = open_run(str(tmp_path / "best"), tmp_path)

    assert (found.name, found.path) == ("xor/1", tmp_path / "best")


def test_a_misspelt_run_gets_near_matches(tmp_path: Path) -> None:
    """The hint names what there is."""
    create_run(tmp_path, "cnn-digits")

    problem = _refusal("cnn-digit", tmp_path)

    assert problem.code == "run-not-found"
    assert problem.message == f"there is no run `cnn-digit`, neither as a path nor under `{tmp_path}`"
    assert problem.hint == "did you mean `cnn-digits` or `cnn-digits/1`?"


def test_a_number_that_no_run_has_is_not_found(tmp_path: Path) -> None:
    """The newest run is not taken in its place."""
    create_run(tmp_path, "xor")

    assert _refusal("xor/7", tmp_path).hint == "did you mean `xor/1` or `xor`?"


def test_where_nothing_is_near_the_hint_is_the_list(tmp_path: Path) -> None:
    """A name out of the blue gets the command that lists them."""
    create_run(tmp_path, "xor")

    assert _refusal("lstm-weather", tmp_path).hint == "`archcli runs list` shows all runs"


def test_without_any_run_the_hint_is_to_train(tmp_path: Path) -> None:
    """A missing root is no error of its own."""
    assert _refusal("xor", tmp_path / "runs").hint == "there are no runs yet: `archcli train RECIPE` makes one"


def test_another_folder_is_not_a_run(tmp_path: Path) -> None:
    """A folder without `status.json` was not made by this program."""
    (tmp_path / "photos").mkdir()

    problem = _refusal(str(tmp_path / "photos"), tmp_path / "runs")

    assert problem.code == "not-a-run"
    assert problem.message == (
        f"the folder `{tmp_path / 'photos'}` is not a run: "
        "expected a `status.json` as `archcli train` writes it, found none"
    )


@pytest.mark.parametrize("text", ["[1, 2]", "{}", "\x00\xff", '{"state": "asleep", "recipe_name": "x", "number": 1}'])
def test_a_status_of_something_else_is_not_a_run(tmp_path: Path, text: str) -> None:
    """Other programs write files of that name too."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "status.json").write_text(text, encoding="latin-1")

    assert _refusal(str(tmp_path / "other"), tmp_path / "runs").code == "not-a-run"
