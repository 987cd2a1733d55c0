"""A PyTorch loop as a careful person writes it: tensors in memory, gradients set to None, nothing read before the end.

`eager` has `torch.optim.Adam` as it comes; `fused` has `Adam(fused=True)`; `compiled` is `torch.compile` of the forward
pass and the loss, with fused Adam. Networks and their initial weights are as Keras makes them; `nn.RNN` and `nn.LSTM`
have a second bias, and so more parameters.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from benchmarks.race.cases import CLASSES, LEARNING_RATE, Case, Cnn, Mlp, Recurrent, make_examples
from benchmarks.race.racing import Contestant, race


class LastStep(nn.Module):  # type: ignore[misc] # PyTorch need not be installed where types are checked
    """One of PyTorch's recurrent layers, its last step of each direction."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer
        for name, weights in layer.named_parameters():
            if "bias" in name:
                nn.init.zeros_(weights)
            elif "weight_hh" in name:
                nn.init.orthogonal_(weights)
            else:
                nn.init.xavier_uniform_(weights)
        if isinstance(layer, nn.LSTM):  # Keras's `unit_forget_bias`
            units = layer.hidden_size
            for name, weights in layer.named_parameters():
                if "bias_ih" in name:
                    nn.init.ones_(weights.data[units : 2 * units])

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the last activations, `(batch, directions * units)`."""
        _, last = self.layer(inputs)
        last = last[0] if isinstance(last, tuple) else last  # (directions, batch, units)
        return last[0] if len(last) == 1 else torch.cat((last[0], last[1]), dim=1)


class Jordan(nn.Module):  # type: ignore[misc] # see above
    """Jordan's network with its own outputs fed back and no decay, as a loop over the steps."""

    def __init__(self, features: int, units: int, outputs: int) -> None:
        super().__init__()
        self.read_in, self.read_out = nn.Linear(features, units), nn.Linear(units, outputs)
        self.feedback = nn.Linear(outputs, units, bias=False)
        _initialize(self.read_in, self.read_out)
        nn.init.orthogonal_(self.feedback.weight)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the last outputs, `(batch, outputs)`."""
        output = inputs.new_zeros(len(inputs), self.read_out.out_features)
        for drive in self.read_in(inputs).unbind(1):
            output = self.read_out(torch.tanh(drive + self.feedback(output)))
        return output


class FullyRecurrent(nn.Module):  # type: ignore[misc] # see above
    """Williams and Zipser's network, as a loop over the steps."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.read_in, self.between = nn.Linear(features, units), nn.Linear(units, units, bias=False)
        _initialize(self.read_in)
        nn.init.orthogonal_(self.between.weight)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the last activations, `(batch, units)`."""
        active = inputs.new_zeros(len(inputs), self.between.in_features)
        for drive in self.read_in(inputs).unbind(1):
            active = torch.sigmoid(drive + self.between(active))
        return active


def make_network(case: Case) -> nn.Module:
    """Return the case's network."""
    network, features = case.network, case.shape[-1]
    made: list[nn.Module] = []
    if isinstance(network, Mlp):
        for units in network.hidden:
            made += [_initialize(nn.Linear(features, units)), nn.ReLU()]
            made += [nn.Dropout(network.dropout)] if network.dropout else []
            features = units
    elif isinstance(network, Cnn):
        for filters in network.filters:
            made += [_initialize(nn.Conv2d(features, filters, 3, padding="same")), nn.ReLU(), nn.MaxPool2d(2)]
            features = filters
        side = case.shape[0] // 2 ** len(network.filters)
        made.append(nn.Flatten())
        features *= side * side
    elif network.cell == "jordan":
        return Jordan(features, network.units, CLASSES)
    else:
        made.append(_make_recurrent(network, features))
        features = network.units * (2 if network.bidirectional else 1)
    return nn.Sequential(*made, _initialize(nn.Linear(features, CLASSES)))


def make(case: Case, variant: str, threads: int) -> Contestant:
    """Build the case's network and its loop."""
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    network = make_network(case)
    inputs, targets = (torch.from_numpy(part) for part in make_examples(case))
    if isinstance(case.network, Cnn):
        inputs = inputs.permute(0, 3, 1, 2).contiguous()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, fused=variant != "eager")
    criterion = nn.CrossEntropyLoss()

    def measure(examples: torch.Tensor, classes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = network(examples)
        return criterion(logits, classes), (logits.detach().argmax(1) == classes).sum()

    step = torch.compile(measure) if variant == "compiled" else measure

    def train_epoch() -> tuple[float, float]:
        total, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for batch in torch.randperm(case.example_count).split(case.batch_size):
            optimizer.zero_grad(set_to_none=True)
            loss, right = step(inputs[batch], targets[batch])
            loss.backward()
            optimizer.step()
            total += loss.detach()
            correct += right
        return float(total) / case.step_count, float(correct) / case.example_count

    count = sum(parameter.numel() for parameter in network.parameters())
    return Contestant(count, train_epoch, {"second_biases": _count_second_biases(network)})


def _make_recurrent(network: Recurrent, features: int) -> nn.Module:
    if network.cell == "fully_recurrent":
        return FullyRecurrent(features, network.units)
    kind = {"lstm": nn.LSTM, "gru": nn.GRU}.get(network.cell, nn.RNN)
    return LastStep(kind(features, network.units, batch_first=True, bidirectional=network.bidirectional))


def _count_second_biases(network: nn.Module) -> int:
    """Return how many parameters there are that Keras's layers do without: its GRU alone has both biases."""
    parts = [part for part in network.modules() if isinstance(part, nn.RNN | nn.LSTM)]
    return sum(
        weights.numel() for part in parts for name, weights in part.named_parameters() if name.startswith("bias_hh")
    )


def _initialize(*parts: Any) -> Any:
    for part in parts:
        nn.init.xavier_uniform_(part.weight)
        nn.init.zeros_(part.bias)
    return parts[0]


if __name__ == "__main__":
    race(make)
