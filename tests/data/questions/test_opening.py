"""What is opened: the columns that the model reads, and what is carried along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.questions.asked import Asked
from archcli.data.questions.opening import Opening, OpenPart, open_questions
from archcli.errors import DataError, Location, Source
from archcli.recipe.facts import Facts, InputFacts
from archcli.recipe.recipe import Named

CSV = Named("csv", {"path": "old.csv", "delimiter": ";"}, Location(Source("recipe.yaml"), 1))
TOWN = InputFacts("town", (1,), ("town",), dtype="int32", kind="category", words=("Bonn",))
FACTS = Facts({"x": InputFacts("x", (2,), ("a", "b")), "again": InputFacts("again", (1,), ("a",)), "town": TOWN}, {}, 7)


def opened(asked: Asked, facts: Facts = FACTS) -> list[OpenPart]:
    """Open all parts."""
    return list(open_questions(Opening(asked, facts, CSV)))


def test_columns_are_read_once() -> None:
    """Those of numbers alone are known, which makes reading quicker; what is carried along is a text."""
    opening = Opening(Asked(Path("new.csv"), id_column="b"), FACTS, CSV)

    assert opening.columns == ["a", "b", "town"]
    assert opening.numbers == ["a"]


def test_an_input_may_be_carried_along() -> None:
    """As it is written, between the delimiters of the training data."""
    Path("new.csv").write_text("town;a;b\nBonn;1;02.50\n", encoding="utf-8")

    (part,) = opened(Asked(Path("new.csv"), id_column="b"))

    assert list(part.ids or ()) == ["02.50"]
    assert part.id_name == "b"


def test_tabs_on_request() -> None:
    """Whatever the file is called."""
    Path("new.data").write_text("town\ta\tb\nBonn\t1\t2\n", encoding="utf-8")

    (part,) = opened(Asked(Path("new.data"), kind="tsv"))

    assert list(part.table.texts("town", Faults())) == ["Bonn"]


def test_a_model_that_reads_its_own_answers_alone() -> None:
    """Only the number of examples matters."""
    facts = Facts({"before": InputFacts("before", (3,), (), kind="shift", shift_of="said", shift_by=1)}, {}, 7)
    Path("new.csv").write_text("name;other\np;1\nq;2\n", encoding="utf-8")
    np.savez("new.npz", name=np.ones(3))

    assert [part.rows.tolist() for part in opened(Asked(Path("new.csv")), facts)] == [[1, 2]]
    assert [part.rows.tolist() for part in opened(Asked(Path("new.npz")), facts)] == [[1, 2, 3]]


@pytest.mark.parametrize("name", ["new.jsonl", "new.npz"])
def test_a_folder_is_no_file(name: str) -> None:
    """Whatever it is called."""
    Path(name).mkdir()

    with pytest.raises(DataError) as raised:
        opened(Asked(Path(name)))

    assert raised.value.problems[0].code == "not-readable"


def test_windows_and_sequences_of_arrays() -> None:
    """An NPZ has rows as a CSV has; an array without a name has none that belong together."""
    series = Facts({"past": InputFacts("past", (3, 1), ("load",), kind="series")}, {}, 7)
    np.savez("new.npz", load=np.arange(5.0), day=np.arange(5))
    np.save("new.npy", np.arange(5.0))

    (part,) = opened(Asked(Path("new.npz"), id_column="day"), series)
    with pytest.raises(DataError) as raised:
        opened(Asked(Path("new.npy")), series)

    assert part.table.windows(["load"], Faults(), first=-3, length=3)[:, :, 0].tolist() == [
        [0, 1, 2],
        [1, 2, 3],
        [2, 3, 4],
    ]
    assert part.ids == ["2", "3", "4"]
    assert [problem.message for problem in raised.value.problems] == [
        "`new.npy` is one array without a name, and each example is made of several rows"
    ]


def test_files_of_the_form_that_was_trained_on() -> None:
    """With labels or without."""
    source = Named("lines", {"path": "old.txt"}, Location(Source("recipe.yaml"), 1))
    facts = Facts({"said": InputFacts("said", (None,), ("text",), kind="text")}, {}, 7)
    Path("new.txt").write_text("glad\tgood day\nsad\tbad day\n", encoding="utf-8")
    Path("bare.txt").write_text("good day\n", encoding="utf-8")

    (labelled,) = open_questions(Opening(Asked(Path("new.txt"), id_column="label"), facts, source))
    (bare,) = open_questions(Opening(Asked(Path("bare.txt")), facts, source))

    assert list(labelled.table.texts("text", Faults())) == ["good day", "bad day"]
    assert list(labelled.ids or ()) == ["glad", "sad"]
    assert list(bare.table.texts("text", Faults())) == ["good day"]


def test_a_text_is_no_number() -> None:
    """A model of one number takes none on the command line."""
    facts = Facts({"x": InputFacts("x", (1,), ("x",))}, {}, 7)
    (part,), faults = opened(Asked(text="5"), facts), Faults()

    part.table.numbers("x", faults)

    assert [problem.message for problem in faults.problems] == [
        "column `x` of `command line` holds text, expected numbers"
    ]
