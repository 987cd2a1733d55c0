"""Linear models are fitted on the same prepared features; where that is not sensible or not quick, a note says so."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_absolute_error

from archcli.commands.baselines import flat_scores
from archcli.commands.linear_baselines import MOST_EXAMPLES, MOST_FEATURES, linear_baselines
from archcli.commands.scored import Scored
from archcli.commands.scores import PartScores, score_answers
from archcli.data.dataset import Part
from archcli.recipe.facts import InputFacts, TargetFacts

RANDOM = np.random.default_rng(0)
PLAIN = {"x": InputFacts("x", (4,), ("x",))}
KIND = TargetFacts("kind", "category", (), ("kind",), ("a", "b"), (50, 50))
PRICE = TargetFacts("price", "number", (1,), ("price",))


def part(inputs: dict[str, np.ndarray], targets: dict[str, np.ndarray]) -> Part:
    """Make training examples."""
    return Part(inputs, targets, np.arange(1, 1 + len(next(iter(inputs.values())))))


def scores(scored: Scored, truth: dict[str, np.ndarray]) -> PartScores:
    """Score a model that is no matter here."""
    answers = {
        name: np.full((*truth[target.name].shape, len(target.classes)), 0.5, "float32")
        if target.kind == "category"
        else truth[target.name].astype("float32")
        for name, target in scored.learned.items()
    }
    return score_answers(answers, truth, scored, part="test")


def test_both_targets_have_their_linear_model() -> None:
    """Scikit-learn's, on the features brought to mean 0 and deviation 1 by the training examples."""
    scored = Scored(PLAIN, {"kind": KIND, "price": PRICE})
    training, asked = RANDOM.normal(size=(100, 4)).astype("float32"), RANDOM.normal(size=(30, 4)).astype("float32")
    truth = {"kind": (asked[:, 0] > 0).astype(int), "price": asked[:, :1] * 2}
    known = part({"x": training}, {"kind": (training[:, 0] > 0).astype("int32"), "price": training[:, :1] * 2})

    baselines, notes = linear_baselines(scores(scored, truth), {"x": asked}, known, scored)

    found = flat_scores(baselines)
    middle, spread = training.mean(axis=0), training.std(axis=0)
    one, other = (training - middle) / spread, (asked - middle) / spread
    told = LogisticRegression().fit(one, training[:, 0] > 0).predict(other)
    numbers = Ridge().fit(one, training[:, :1] * 2).predict(other)
    assert found["logistic_regression"]["kind.accuracy"] == accuracy_score(truth["kind"], told)
    assert found["ridge"]["price.mae"] == pytest.approx(mean_absolute_error(truth["price"], numbers), abs=1e-4)
    assert notes == []


def test_words_and_texts_are_counted() -> None:
    """An index means nothing by its size: a category becomes a row of 0 and 1, a text the count of its symbols."""
    city = InputFacts("city", (1,), ("city",), dtype="int32", vocabulary=4, kind="category", words=("a", "b", "c"))
    text = InputFacts(
        "text", (2,), ("text",), dtype="int32", vocabulary=4, kind="text", words=("x", "y"), split="word", padding=0.0
    )
    scored = Scored({"city": city, "text": text}, {"kind": KIND})
    cities = RANDOM.choice(["a", "b", "c"], (60, 1)).astype(object)
    texts = RANDOM.choice(["x y", "x", "y x"], (60, 1)).astype(object)
    labels = ((cities[:, 0] == "b") ^ (texts[:, 0] == "x")).astype("int32")
    inputs = {"city": cities, "text": texts}

    baselines, notes = linear_baselines(
        scores(scored, {"kind": labels}), inputs, part(inputs, {"kind": labels}), scored
    )

    features = np.stack([*(cities[:, 0] == name for name in "abc"), texts[:, 0] == "x"], axis=1).astype(float)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    told = LogisticRegression().fit(features, labels).predict(features)
    assert notes == []
    assert flat_scores(baselines)["logistic_regression"]["accuracy"] == accuracy_score(labels, told)


def test_a_series_is_continued_by_least_squares() -> None:
    """On the same window, all channels, without a penalty: x[t] = 1.6 x[t-1] - 0.9 x[t-2] is told exactly."""
    series = [1.0, 0.5]
    for _ in range(100):
        series.append(1.6 * series[-1] - 0.9 * series[-2])
    windows = np.array([series[at : at + 2] for at in range(90)], "float32")[..., None]
    ahead = np.array([series[at + 2 : at + 4] for at in range(90)], "float32")
    past = InputFacts("past", (2, 1), ("load",), kind="series")
    scored = Scored({"past": past}, {"next": TargetFacts("next", "number", (2,), ("load",), is_series=True)})
    known = part({"past": windows[:60]}, {"next": ahead[:60]})

    baselines, _ = linear_baselines(scores(scored, {"next": ahead[60:]}), {"past": windows[60:]}, known, scored)
    few = part({"past": windows[:3]}, {"next": ahead[:3]})
    _, notes = linear_baselines(scores(scored, {"next": ahead[60:]}), {"past": windows[60:]}, few, scored)

    assert flat_scores(baselines)["linear_autoregression"]["mae"] < 1e-5
    assert notes == ["linear_autoregression is left out: 3 training examples are too few for 2 values of a window"]


def test_a_series_with_gaps_is_continued_as_the_model_fills_it() -> None:
    """A value that is missing is what stands for it in the model's own input."""
    numbers = np.random.default_rng(1).normal(size=(50, 2, 1)).astype("float32")
    gaps = np.where(numbers > 1, np.nan, numbers).astype("float32")
    filled = np.where(np.isnan(gaps), 5, gaps)
    ahead = filled.sum(axis=1)
    target = TargetFacts("next", "number", (1,), ("load",), is_series=True)
    scored = Scored({"past": InputFacts("past", (2, 1), ("load",), kind="series", fill=(5.0,))}, {"next": target})

    found, _ = linear_baselines(
        scores(scored, {"next": ahead}), {"past": gaps}, part({"past": gaps}, {"next": ahead}), scored
    )

    assert np.isnan(gaps).any()
    assert flat_scores(found)["linear_autoregression"]["mae"] < 1e-5


@pytest.mark.parametrize(
    ("inputs", "target", "shape", "note"),
    [
        (
            PLAIN,
            TargetFacts("y", "category", (3,), ("y",), ("a", "b"), (1, 1)),
            (4,),
            "an example has more than one answer",
        ),
        (PLAIN, TargetFacts("x", "number", (4,), ("x",)), (4,), "the target is an input"),
        (
            {"x": InputFacts("x", (MOST_FEATURES + 1,), ("x",))},
            KIND,
            (MOST_FEATURES + 1,),
            "the 2,001 features of `x` are more than 2,000",
        ),
        (
            {"x": InputFacts("x", (4,), ()), "y": InputFacts("y", (4, 1), (), kind="shift", shift_of="kind")},
            KIND,
            (4,),
            "the input `y` is a target some steps late",
        ),
    ],
)
def test_what_is_left_out_is_said(
    inputs: dict[str, InputFacts], target: TargetFacts, shape: tuple[int, ...], note: str
) -> None:
    """With the reason."""
    scored = Scored(inputs, {"out": target})
    given = {"x": np.zeros((12, *shape), "float32"), "y": np.zeros((12, 4, 1), "float32")}
    truth = {target.name: np.arange(12 * max(1, int(np.prod(target.shape)))).reshape(12, *target.shape) % 2}

    baselines, notes = linear_baselines(scores(scored, truth), given, part(given, truth), scored)

    name = "logistic_regression" if target.classes else "ridge"
    assert (baselines, notes) == ({}, [f"{name} is left out: {note}"])


def test_too_many_examples_or_classes_are_not_fitted() -> None:
    """It would take minutes."""
    many = np.zeros((MOST_EXAMPLES + 1, 4), "float32")
    wide = np.zeros((12_000, 1000), "float32")
    labels = np.arange(MOST_EXAMPLES + 1) % 2
    scored = Scored(PLAIN, {"kind": KIND})
    tested = scores(scored, {"kind": labels[:12]})

    _, notes = linear_baselines(tested, {"x": many[:12]}, part({"x": many}, {"kind": labels}), scored)
    assert notes == ["logistic_regression is left out: 20,001 training examples are more than 20,000"]

    four = Scored(
        {"x": InputFacts("x", (1000,), ("x",))}, {"kind": TargetFacts("kind", "category", (), (), tuple("abcd"))}
    )
    tested = scores(four, {"kind": labels[:12]})
    _, notes = linear_baselines(tested, {"x": wide[:12]}, part({"x": wide}, {"kind": labels[:12_000]}), four)
    found = "12,000 training examples of 1,000 features, times 4 classes, are too much to be quick"
    assert notes == [f"logistic_regression is left out: {found}"]

    ridge = Scored({"x": InputFacts("x", (1000,), ("x",))}, {"price": PRICE})
    prices = np.arange(12_000.0)[:, None]
    _, notes = linear_baselines(
        scores(ridge, {"price": prices[:12]}), {"x": wide[:12]}, part({"x": wide}, {"price": prices}), ridge
    )
    assert notes == [f"ridge is left out: {found.replace(', times 4 classes,', '')}"]
