"""Folders of texts; those of images and sounds are tested beside what reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.sources.folder import open_folder
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """Write two reviews for a film and one against it."""
    for name, text in (("pos/a.txt", "so good"), ("pos/b.txt", ""), ("neg/c.txt", "so\nbad"), ("neg/d.md", "no text")):
        (tmp_path / "reviews" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "reviews" / name).write_text(text)
    return tmp_path / "reviews"


def load(section: Section, folder: Path) -> Dataset:
    """Load texts and their classes."""
    data = section("folder", {"path": str(folder)}, {"said": ("text", {})}, {"kind": ("category", {})})
    return load_dataset(data, batch_size=1)


def test_a_folder_of_texts_has_a_class_for_each_folder_in_it(section: Section, reviews: Path) -> None:
    """Each file is one text, lines and all."""
    (reviews / "pos/b.txt").write_text("good")

    dataset = load(section, reviews)

    assert dataset.training.inputs["said"].ravel().tolist() == ["so\nbad", "so good", "good"]
    assert dataset.facts.targets["kind"].classes == ("neg", "pos")


def test_an_empty_text_and_one_that_is_not_utf8(section: Section, reviews: Path, shown: Shown) -> None:
    """An empty one has no row's place but a number."""
    assert shown(DataError, load, section, reviews).startswith(
        "error[missing-value]: row 3 of column `text` is empty, expected a text\n --> recipe.yaml:2:18\n"
    )
    (reviews / "neg/c.txt").write_bytes(b"\xe4h")
    assert "`reviews/neg/c.txt` is no UTF-8 text: byte 1 is `0xe4`\n" in shown(DataError, load, section, reviews)


@pytest.mark.parametrize(("kind", "noun"), [("image", "images"), ("audio", "WAV files")])
def test_a_folder_without_what_is_wanted(reviews: Path, kind: str, noun: str) -> None:
    """By the type of the input."""
    with pytest.raises(DataError) as raised:
        open_folder(reviews, kind)  # type: ignore[arg-type]

    (problem,) = raised.value.problems
    assert problem.message == f"`reviews` holds no {noun}, expected a folder for each class with {noun} in it"


def test_files_without_folders_have_no_classes(reviews: Path) -> None:
    """As new ones that are to be answered."""
    assert set(open_folder(reviews / "pos", "text").arrays) == {"file", "text"}
