"""Sources of files that are not one line an example: series, sequences, one long text, folders of images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.rows import read_rows
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

HOURS = "when,load,heat\n" + "".join(f"2024-01-01 {hour:02}:00,{hour},{-hour}\n" for hour in range(24))
WALKS = "walk,t,ax,ay,who\nb,2,5,6,Ann\na,1,1,2,Bob\nb,1,3,4,Ann\na,2,7,8,Bob\na,3,9,9,Bob\n"


@pytest.fixture
def series(section: Section, tmp_path: Path) -> Callable[..., Dataset]:
    """Load windows of four hours and the two that follow."""

    def load(
        text: str = HOURS, *, window: int = 4, stride: int = 1, time: str | None = "when", **split: Any
    ) -> Dataset:
        path = tmp_path / "load.csv"
        path.write_text(text, encoding="utf-8")
        past = ("series", {"columns": ("load", "heat"), "window": window, "stride": stride, "scale": "standard"})
        ahead = ("series", {"columns": "load", "horizon": 2, "scale": "standard"})
        arguments = {"path": str(path)} | ({"time": time} if time else {})
        split = {"time": True} | split
        return load_dataset(section("csv", arguments, {"past": past}, {"next": ahead}, **split), batch_size=1)

    return load


@pytest.fixture
def walks(section: Section, tmp_path: Path) -> Callable[..., Dataset]:
    """Load sequences of accelerations."""

    def load(text: str = WALKS, *, target: str = "category", **options: Any) -> Dataset:
        path = tmp_path / "gait.csv"
        path.write_text(text, encoding="utf-8")
        arguments = {"path": str(path), "id": "walk", "order": "t"}
        inputs = {"signal": ("sequence", {"columns": ("ax", "ay"), **options})}
        return load_dataset(section("csv", arguments, inputs, {"who": (target, {})}), batch_size=1)

    return load


def test_windows_of_a_series(series: Callable[..., Dataset]) -> None:
    """As many values back as the window, and those that follow."""
    dataset = series()

    part = dataset.training
    assert len(part) == 24 - 4 - 2 + 1
    np.testing.assert_array_equal(part.inputs["past"][3, :, 0], [3, 4, 5, 6])
    np.testing.assert_array_equal(part.inputs["past"][3, :, 1], [-3, -4, -5, -6])
    np.testing.assert_array_equal(part.targets["next"][3], [7, 8])
    facts = dataset.facts
    assert facts.inputs["past"].shape == (4, 2)
    assert (facts.targets["next"].kind, facts.targets["next"].shape) == ("number", (2,))
    assert len(facts.targets["next"].scale or ()) == 1


def test_windows_may_stand_apart(series: Callable[..., Dataset]) -> None:
    """A stride of the window and what follows shares nothing."""
    dataset = series(stride=6)

    np.testing.assert_array_equal(dataset.training.inputs["past"][:, 0, 0], [0, 6, 12, 18])


def test_lines_are_put_in_the_order_of_time(series: Callable[..., Dataset]) -> None:
    """However they stand in the file."""
    header, *lines = HOURS.splitlines(keepends=True)

    shuffled = series(header + "".join(reversed(lines)))

    np.testing.assert_array_equal(shuffled.training.inputs["past"], series().training.inputs["past"])


def test_no_part_sees_what_is_tested(series: Callable[..., Dataset]) -> None:
    """Windows that reach over a border are left out: no value is in two parts."""
    dataset = series("when,load,heat\n" + "".join(f"{i},{i},0\n" for i in range(100)), validation=0.2, test=0.2)

    seen = {
        name: set(part.inputs["past"][..., 0].ravel().tolist()) | set(part.targets["next"].ravel().tolist())
        for name, part in dataset.parts.items()
    }
    assert list(dataset.parts) == ["training", "validation", "test"]
    assert max(seen["training"]) < min(seen["validation"])
    assert max(seen["validation"]) < min(seen["test"])
    assert min(seen["validation"]) - max(seen["training"]) == 1


def test_windows_that_all_overlap_leave_nothing(series: Callable[..., Dataset], shown: Shown) -> None:
    """A part of fewer windows than reach over its border."""
    assert shown(DataError, series, validation=0.2, test=0.2) == (
        """\
error[split-too-small]: 4 of 19 examples for validation all overlap with what follows, expected more than 5
 --> recipe.yaml:5:1
hint: change the shares, or take shorter windows
"""
    )


def test_a_time_that_cannot_be_read(series: Callable[..., Dataset], shown: Shown) -> None:
    """Shown at its cell."""
    assert shown(DataError, series, HOURS.replace("2024-01-01 03:00", "three")) == (
        """\
error[not-a-time]: row 4 of column `when`: expected a number or a time such as `2024-05-31 14:00`, found `three`
 --> load.csv:5:1
  |
5 | three,3,-3
  | ^^^^^
hint: write the year first, then month and day with two digits: `2024-05-31`
"""
    )


def test_a_time_that_stands_twice(series: Callable[..., Dataset], shown: Shown) -> None:
    """There would be no order."""
    assert shown(DataError, series, HOURS.replace("03:00", "02:00")) == (
        """\
error[repeated-time]: row 4 of column `when`: the time `2024-01-01 02:00` stands there a second time
 --> load.csv:5:1
  |
5 | 2024-01-01 02:00,3,-3
  | ^^^^^^^^^^^^^^^^
hint: a series has one line for each time
"""
    )


def test_a_series_that_is_shorter_than_a_window(series: Callable[..., Dataset], shown: Shown) -> None:
    """And what follows it."""
    assert shown(DataError, series, window=23) == (
        """\
error[series-too-short]: `load.csv` has 24 rows, expected at least 25: one window needs as many
 --> recipe.yaml:2:18
hint: give more rows, or train with a shorter window
"""
    )


def test_a_new_series_is_answered_to_its_end(series: Callable[..., Dataset]) -> None:
    """A window for each time that has enough before it; to compare, for each that has enough after it too."""
    dataset = series()
    source = dataset.data.source

    answered = read_rows(Path("load.csv"), dataset.facts, source)
    compared = read_rows(Path("load.csv"), dataset.facts, source, needs_targets=True)

    assert len(answered.rows) == 24 - 4 + 1
    np.testing.assert_array_equal(answered.inputs["past"][-1, :, 0], [20, 21, 22, 23])
    assert answered.targets == {}
    np.testing.assert_array_equal(compared.inputs["past"], dataset.training.inputs["past"])
    np.testing.assert_array_equal(compared.targets["next"], dataset.training.targets["next"])


def test_lines_with_one_id_are_a_sequence(walks: Callable[..., Dataset]) -> None:
    """In their order, padded by NaN to the longest; one label for each."""
    dataset = walks()

    signal = dataset.training.inputs["signal"]
    np.testing.assert_array_equal(signal[0], [[3, 4], [5, 6], [np.nan, np.nan]])
    np.testing.assert_array_equal(signal[1], [[1, 2], [7, 8], [9, 9]])
    facts = dataset.facts.inputs["signal"]
    assert (facts.shape, facts.padding, facts.kind) == ((None, 2), 0.0, "sequence")
    assert [dataset.facts.targets["who"].classes[n] for n in dataset.training.targets["who"]] == ["Ann", "Bob"]


def test_padding_is_what_no_step_is_made_of(walks: Callable[..., Dataset]) -> None:
    """0 unless some step is all zeros."""
    assert walks(WALKS.replace("9,9", "0,0")).facts.inputs["signal"].padding == -1.0


def test_sequences_are_scaled_step_by_step(walks: Callable[..., Dataset]) -> None:
    """Padding counts for nothing."""
    facts = walks(scale="standard").facts.inputs["signal"]

    ax, ay = np.array([5, 1, 3, 7, 9]), np.array([6, 2, 4, 8, 9])
    np.testing.assert_allclose(facts.scale or (), [1 / ax.std(), 1 / ay.std()])


@pytest.mark.parametrize("target", ["category", "number"])
def test_a_label_that_changes_within_a_sequence(walks: Callable[..., Dataset], shown: Shown, target: str) -> None:
    """One answer is asked of the whole."""
    text = WALKS.replace("Ann", "1").replace("Bob", "2").replace("a,2,7,8,2", "a,2,7,8,3")

    assert shown(DataError, walks, text, target=target) == (
        """\
error[changes-within-sequence]: row 4 of column `who`: expected `2` as in the first line of its sequence, found `3`
 --> gait.csv:5:9
  |
5 | a,2,7,8,3
  |         ^
hint: what is asked of a whole sequence is the same in all lines with one `walk`
"""
    )


def test_new_sequences_are_read_alike(walks: Callable[..., Dataset]) -> None:
    """With the ids and the order of the recipe."""
    dataset = walks()

    rows = read_rows(Path("gait.csv"), dataset.facts, dataset.data.source)

    np.testing.assert_array_equal(rows.inputs["signal"], dataset.training.inputs["signal"])
    np.testing.assert_array_equal(rows.targets["who"], dataset.training.targets["who"])


def load_corpus(section: Section, text: str | bytes, **options: Any) -> Dataset:
    """Load windows of three symbols and the next of each."""
    Path("corpus.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    arguments = {"split": "character", "window": 3, **options}
    data = section(
        "text",
        {"path": str(Path("corpus.txt").absolute())},
        {"letters": ("text", arguments)},
        {"next": ("shift", {"of": "letters", "by": -1})},
        time=True,
    )
    return load_dataset(data, batch_size=1)


def test_one_long_text_is_cut_into_windows(section: Section) -> None:
    """Each symbol's target is the one after it, the last of a window's too."""
    dataset = load_corpus(section, "abcab\ncabX")

    facts, part = dataset.facts, dataset.training
    assert facts.inputs["letters"].shape == (3,)
    classes = np.array(facts.targets["next"].classes)
    assert part.inputs["letters"].ravel().tolist() == ["abca", "ab\nc", "cabX"]
    assert classes[part.targets["next"]].tolist() == [["b", "c", "a"], ["b", "\n", "c"], ["a", "b", "X"]]


def test_one_long_text_in_words(section: Section) -> None:
    """Windows of words, standardized as the model does."""
    dataset = load_corpus(section, "To be, or not\nto be: that is", split="word")

    assert dataset.training.inputs["letters"].ravel().tolist() == ["to be or not", "not to be that"]


def test_a_text_that_is_shorter_than_a_window(section: Section, shown: Shown) -> None:
    """And the symbol after it."""
    assert shown(DataError, load_corpus, section, "abc") == (
        """\
error[series-too-short]: `corpus.txt` has 3 characters, expected at least 4: one window needs as many
 --> recipe.yaml:2:18
hint: give a longer text, or train with a shorter window
"""
    )


def test_a_text_that_is_not_utf8(section: Section, shown: Shown) -> None:
    """The first byte that is none is named."""
    assert shown(DataError, load_corpus, section, b"abc\xe4def") == (
        """\
error[not-utf8]: `corpus.txt` is no UTF-8 text: byte 4 is `0xe4`
 --> recipe.yaml:2:18
hint: it seems to be Latin-1; save it as UTF-8: `iconv -f LATIN1 -t UTF-8 corpus.txt > corpus-utf8.txt`
"""
    )


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """A folder of two kinds of flowers, each of one colour, of different sizes and formats."""
    for name, colour in (("rose/a.png", (255, 0, 0)), ("rose/b.jpg", (200, 0, 0)), ("iris/c.png", (0, 0, 255))):
        path = tmp_path / "flowers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8 + len(name), 6), colour).save(path)
    (tmp_path / "flowers/rose/notes.txt").write_text("no image")
    return tmp_path / "flowers"


def load_folder(section: Section, path: Path, **options: Any) -> Dataset:
    """Load pictures of 4 by 5 points."""
    images = {"photo": ("image", {"height": 4, "width": 5, **options})}
    return load_dataset(section("folder", {"path": str(path)}, images, {"kind": ("category", {})}), batch_size=1)


def test_a_folder_has_a_class_for_each_folder_in_it(section: Section, flowers: Path) -> None:
    """Pictures of one size, from 0 to 255, in the order of their names."""
    dataset = load_folder(section, flowers)

    facts = dataset.facts
    assert facts.inputs["photo"].shape == (4, 5, 3)
    assert facts.targets["kind"].classes == ("iris", "rose")
    assert dataset.training.targets["kind"].tolist() == [0, 1, 1]
    np.testing.assert_array_equal(dataset.training.inputs["photo"][0], np.full((4, 5, 3), [0, 0, 255]))


def test_images_in_shades_of_grey(section: Section, flowers: Path) -> None:
    """One channel: the luma of ITU-R 601, 0.299 of red and 0.114 of blue."""
    dataset = load_folder(section, flowers, color_mode="grayscale")

    images = dataset.training.inputs["photo"]
    assert images.shape == (3, 4, 5, 1)
    np.testing.assert_allclose(images[:2, 0, 0, 0], [0.114 * 255, 0.299 * 255], atol=1)


def test_a_folder_without_images(section: Section, tmp_path: Path, shown: Shown) -> None:
    """Nothing to train on."""
    (tmp_path / "empty").mkdir()

    text = shown(DataError, load_folder, section, tmp_path / "empty")

    assert text.startswith(
        "error[no-rows]: `empty` holds no images, expected a folder for each class with images in it\n"
        " --> recipe.yaml:2:18\n"
    )


def test_a_folder_that_is_not_there(section: Section, flowers: Path, shown: Shown) -> None:
    """Or is a file."""
    assert shown(DataError, load_folder, section, flowers.with_name("flowerz")).startswith(
        "error[file-not-found]: there is no file `flowerz`\n"
    )
    assert shown(DataError, load_folder, section, flowers / "rose/notes.txt").startswith(
        "error[not-readable]: `flowers/rose/notes.txt` is a file, expected a folder\n"
    )


def load_listed(section: Section, text: str) -> Dataset:
    """Load pictures that a CSV names, in groups."""
    Path("flats.csv").write_text(text, encoding="utf-8")
    images = {"photo": ("image", {"columns": "file", "height": 2, "width": 2})}
    data = section(
        "csv", {"path": str(Path("flats.csv").absolute())}, images, {"kind": ("category", {})}, test=0.5, group="house"
    )
    return load_dataset(data, batch_size=1)


def test_images_that_a_csv_names(section: Section, flowers: Path) -> None:
    """Relative to the CSV; all of a group are in one part."""
    assert flowers.is_dir()
    lines = [f"flowers/{file},{house},{kind}\n" for file, house, kind in _PHOTOS]

    dataset = load_listed(section, "file,house,kind\n" + "".join(lines))

    houses = np.array([house for _, house, _ in _PHOTOS])
    assert dataset.test is not None
    assert set(houses[dataset.training.rows - 1]) & set(houses[dataset.test.rows - 1]) == set()
    assert len(dataset.test) == 4


_PHOTOS = [
    ("rose/a.png", "one", "x"),
    ("rose/b.jpg", "one", "y"),
    ("iris/c.png", "two", "x"),
    ("rose/a.png", "two", "y"),
    ("rose/b.jpg", "three", "x"),
    ("iris/c.png", "three", "y"),
    ("rose/b.jpg", "four", "x"),
    ("iris/c.png", "four", "y"),
]


def test_images_that_are_missing_or_broken(section: Section, flowers: Path, shown: Shown) -> None:
    """Each at its cell."""
    text = "file,house,kind\nflowers/rose/z.png,one,x\nflowers/rose/notes.txt,two,y\n"
    assert flowers.is_dir()

    assert shown(DataError, load_listed, section, text) == (
        """\
error[file-not-found]: row 1 of column `file`: there is no file `flowers/rose/z.png`
 --> flats.csv:2:1
  |
2 | flowers/rose/z.png,one,x
  | ^^^^^^^^^^^^^^^^^^
hint: names of files are relative to the file that they stand in

error[not-an-image]: row 2 of column `file`: `flowers/rose/notes.txt` is no image, or is cut off
 --> flats.csv:3:1
  |
3 | flowers/rose/notes.txt,two,y
  | ^^^^^^^^^^^^^^^^^^^^^^
hint: save the picture anew, or leave the row out
"""
    )


def test_new_images_in_a_folder(section: Section, flowers: Path) -> None:
    """A folder is predicted on as it was trained on."""
    dataset = load_folder(section, flowers)

    rows = read_rows(flowers, dataset.facts, dataset.data.source)

    np.testing.assert_array_equal(rows.inputs["photo"], dataset.training.inputs["photo"])
    np.testing.assert_array_equal(rows.targets["kind"], dataset.training.targets["kind"])


def test_fewer_groups_than_parts(section: Section, shown: Shown) -> None:
    """A group cannot be divided."""
    Path("a.csv").write_text("a,b,house\n1,2,x\n3,4,x\n5,6,x\n")
    data = section(
        "csv",
        {"path": str(Path("a.csv").absolute())},
        {"a": ("numeric", {})},
        {"b": ("number", {})},
        test=0.4,
        group="house",
    )

    assert shown(DataError, load_dataset, data, batch_size=1) == (
        """\
error[split-too-small]: `house` has 1 groups, expected at least 2: one for each part
 --> recipe.yaml:5:1
hint: change the shares, or the column
"""
    )


def test_a_group_that_is_no_column(section: Section, shown: Shown) -> None:
    """Either the recipe is wrong or the file."""
    Path("a.csv").write_text("a,b,house\n1,2,x\n3,4,x\n5,6,x\n")
    path = str(Path("a.csv").absolute())
    data = section("csv", {"path": path}, {"a": ("numeric", {})}, {"b": ("number", {})}, test=0.4, group="houses")

    assert shown(DataError, load_dataset, data, batch_size=1) == (
        """\
error[column-not-found]: `a.csv` has no column `houses`
 --> recipe.yaml:5:1
hint: did you mean `house`?
"""
    )


def test_lines_with_a_time_are_divided_by_it_and_not_by_their_place(section: Section, tmp_path: Path) -> None:
    """The latest are the test, wherever they stand in the file; several lines may be of one time."""
    path = tmp_path / "sales.csv"
    path.write_text("day,a,b\n2024-02-03,1,1\n2024-01-01,2,2\n2024-02-02,3,3\n2024-01-01,4,4\n", encoding="utf-8")
    arguments = {"path": str(path), "time": "day"}

    dataset = load_dataset(
        section("csv", arguments, {"x": ("numeric", {"columns": "a"})}, {"b": ("number", {})}, test=0.5, time=True),
        batch_size=1,
    )

    assert {name: part.rows.tolist() for name, part in dataset.parts.items()} == {"training": [2, 4], "test": [1, 3]}
    np.testing.assert_array_equal(dataset.parts["test"].inputs["x"], [[1], [3]])


def test_sequences_with_a_time_are_divided_by_that_of_their_first_lines(section: Section, tmp_path: Path) -> None:
    """The sequence that begins last is the test."""
    path = tmp_path / "gait.csv"
    path.write_text("walk,t,ax,y\nb,9,1,1\nb,10,2,1\na,1,3,2\na,2,4,2\nc,5,5,3\n", encoding="utf-8")
    arguments = {"path": str(path), "id": "walk", "time": "t"}
    inputs = {"signal": ("sequence", {"columns": "ax"})}

    dataset = load_dataset(section("csv", arguments, inputs, {"y": ("number", {})}, test=0.3, time=True), batch_size=1)

    assert {name: part.rows.tolist() for name, part in dataset.parts.items()} == {"training": [2, 3], "test": [1]}
