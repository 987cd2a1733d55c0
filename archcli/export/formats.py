"""Every format, by the name that `--format` takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from archcli.export import keras, litert, onnx, openvino, saved_model
from archcli.export.format import Format

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        format_.name: format_
        for format_ in (keras.FORMAT, saved_model.FORMAT, onnx.FORMAT, litert.FORMAT, openvino.FORMAT)
    }
)
