"""The catalogue of Keras's names: it is what Keras has, and it reads right."""

import importlib
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import keras
import pytest

import archcli.layers
from archcli.recipe.catalogue import CATEGORIES, Argument, Category, catalogue

ROOT = Path(__file__).parent.parent.parent
OWN: tuple[Category, ...] = ("layer", "initializer")
EXCLUDED_LAYERS = {
    "FlaxLayer",
    "InputLayer",
    "JaxLayer",
    "Lambda",
    "Layer",
    "TFSMLayer",
    "TorchModuleWrapper",
    "Wrapper",
}


def test_the_catalogue_is_what_the_generator_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checked-in file equals what the installed Keras gives; if not, run `python -m tools.make_catalogue`."""
    monkeypatch.syspath_prepend(str(ROOT))
    generator = importlib.import_module("tools.make_catalogue")

    made = generator.make_catalogue()

    assert files("archcli.recipe").joinpath("catalogue.json").read_text(encoding="utf-8") == made


def test_every_layer_of_keras_is_in_it_but_eight() -> None:
    """A recipe can name every layer class that Keras has, apart from those that need code or are bases."""
    public = {
        thing.__name__
        for thing in vars(keras.layers).values()
        if isinstance(thing, type) and issubclass(thing, keras.layers.Layer)
    }

    assert public - set(catalogue().entries("layer")) == EXCLUDED_LAYERS


def test_every_layer_of_our_own_is_in_it_but_those_of_saved_models() -> None:
    """A recipe can name whatever `archcli.layers` has, apart from the layers that archcli adds by itself."""
    named = {name for category in OWN for name in catalogue().entries(category)}

    assert set(archcli.layers.__all__) - named == {
        "DateParts",
        "FillMissing",
        "FillSteps",
        "Labels",
        "ScaleSteps",
        "Spectrogram",
    }


@pytest.mark.slow
def test_it_is_read_without_keras() -> None:
    """Reading every category imports neither Keras nor NumPy nor TensorFlow."""
    program = (
        "import sys; from archcli.recipe.catalogue import CATEGORIES, catalogue\n"
        "for category in CATEGORIES: catalogue().entries(category)\n"
        "print(sorted({'keras', 'numpy', 'tensorflow'} & set(sys.modules)))"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout == "[]\n"


@pytest.mark.parametrize(
    ("category", "alias", "name"),
    [
        ("layer", "MaxPool2D", "MaxPooling2D"),
        ("layer", "Convolution2D", "Conv2D"),
        ("layer", "AvgPool1D", "AveragePooling1D"),
        ("layer", "GlobalMaxPool1D", "GlobalMaxPooling1D"),
        ("layer", "GroupQueryAttention", "GroupedQueryAttention"),
        ("optimizer", "adam", "Adam"),
        ("optimizer", "rmsprop", "RMSprop"),
        ("loss", "mse", "MeanSquaredError"),
        ("loss", "kl_divergence", "KLDivergence"),
        ("metric", "mae", "MeanAbsoluteError"),
        ("metric", "auc", "AUC"),
        ("initializer", "he_normal", "HeNormal"),
        ("initializer", "zeros", "Zeros"),
        ("regularizer", "l2", "L2"),
        ("constraint", "max_norm", "MaxNorm"),
    ],
)
def test_other_names_lead_to_the_class(category: Category, alias: str, name: str) -> None:
    """Keras's strings and second names stand for the class whose own name is canonical."""
    entry = catalogue().find(category, alias)

    assert entry is not None
    assert entry.name == name


def test_accuracy_is_no_other_name_of_one_class() -> None:
    """Which accuracy `accuracy` is depends on the target, so it leads to no class."""
    assert catalogue().find("metric", "accuracy") is None
    assert catalogue().metrics_chosen_by_target == ("acc", "accuracy", "ce", "crossentropy")


def test_an_argument_says_all_that_is_certain() -> None:
    """Types, requirement, bounds and choices are those of Keras's documentation."""
    conv = catalogue().entries("layer")["Conv1D"].arguments
    dropout = catalogue().entries("layer")["Dropout"].arguments

    assert conv["filters"] == Argument("filters", ("integer",), required=True, minimum=1)
    assert conv["kernel_size"] == Argument("kernel_size", ("integer", "integers"), required=True, minimum=1)
    assert conv["padding"] == Argument("padding", ("text",), default="valid", choices=("causal", "same", "valid"))
    assert conv["activation"] == Argument("activation", ("activation", "null"))
    assert conv["kernel_initializer"] == Argument("kernel_initializer", ("initializer",), default="glorot_uniform")
    assert dropout["rate"] == Argument("rate", ("number",), required=True, minimum=0, maximum=1, exclusive_maximum=True)


@pytest.mark.parametrize(
    ("category", "name", "first"),
    [
        ("layer", "Dense", "units"),
        ("layer", "Dropout", "rate"),
        ("layer", "TimeDistributed", "layer"),
        ("layer", "RNN", "cell"),
        ("layer", "Add", None),
        ("layer", "EdgeFilter", "kind"),
        ("layer", "Elman", "units"),
        ("layer", "Pad", "amounts"),
        ("layer", "Reverse", "axis"),
        ("loss", "Huber", "delta"),
        ("metric", "Accuracy", None),
        ("initializer", "Constant", "value"),
        ("initializer", "Chrono", "max_steps"),
        ("initializer", "RandomNormal", None),
        ("initializer", "RandomUniform", None),
        ("initializer", "TruncatedNormal", None),
    ],
)
def test_the_short_form_gives_the_first_argument(category: Category, name: str, first: str | None) -> None:
    """`Name: value` gives Keras's first argument, except where that is not the one meant."""
    assert catalogue().entries(category)[name].first == first


def test_cells_and_merging_layers_are_marked() -> None:
    """Cells go into `RNN`; merging layers take a list of tensors."""
    layers = catalogue().entries("layer")

    assert [name for name, entry in layers.items() if entry.is_cell] == [
        "GRUCell",
        "LSTMCell",
        "SimpleRNNCell",
        "StackedRNNCells",
    ]
    assert [name for name, entry in layers.items() if entry.merges] == [
        "Add",
        "AdditiveAttention",
        "Attention",
        "Average",
        "Concatenate",
        "Dot",
        "HashedCrossing",
        "Maximum",
        "Minimum",
        "Multiply",
        "Subtract",
    ]


def test_every_name_and_default_survives_the_file() -> None:
    """The file is plain JSON, and a default that is a list arrives as a tuple."""
    content = json.loads(files("archcli.recipe").joinpath("catalogue.json").read_text(encoding="utf-8"))

    for category in CATEGORIES:
        assert list(catalogue().entries(category)) == list(content["entries"][category])
    assert catalogue().entries("layer")["ZeroPadding3D"].arguments["padding"].default == ((1, 1), (1, 1), (1, 1))
