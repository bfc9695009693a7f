"""A contender that needs nothing but PyTorch: a plain training loop over a resident tensor.

Run by `ae_core.bench` with an interpreter that has PyTorch; speaks as `ae_core.bench.contenders.serving` does.
"""

import itertools
import json
import os
import sys
import time

LEARNING_RATE = 1e-3


def network(torch, given):
    """Mirrored dense layers of the given sizes, or convolutions of the given channels with pooling and upsampling."""
    nn = torch.nn
    layers = []
    if "sizes" in given:
        sizes = [*given["sizes"], *given["sizes"][-2::-1]]
        code = len(given["sizes"]) - 2
        for place, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
            layers.append(nn.Linear(inputs, outputs))
            if place not in (code, len(sizes) - 2):
                layers.append(nn.ReLU())
        return nn.Sequential(nn.Flatten(), *layers, nn.Unflatten(1, (1, 28, 28)))
    before, side, sides = 1, 28, []
    for filters in given["channels"]:
        layers += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        sides.append(side)
        before, side = filters, -(-side // 2)
    if not given["spatial"]:
        maps = (before, side, side)
        layers += [nn.Flatten(), nn.Linear(before * side * side, given["latent_dim"])]
        layers += [nn.Linear(given["latent_dim"], before * side * side), nn.ReLU(), nn.Unflatten(1, maps)]
    for filters, wanted in zip([*given["channels"][-2::-1], 1], sides[::-1], strict=True):
        layers.append(nn.Upsample(scale_factor=2))
        if wanted % 2:
            layers.append(nn.ZeroPad2d((0, -1, 0, -1)))
        layers += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU()]
        before = filters
    return nn.Sequential(*layers[:-1])


def begin(given):
    """Builds the network and trains one epoch; returns what to say of it, and the function that does a round."""
    import numpy as np
    import torch

    begun = time.perf_counter()
    images = torch.from_numpy(np.load(given["file"]).astype(np.float32) / 255).reshape(-1, 1, 28, 28)
    loaded = time.perf_counter()
    torch.manual_seed(0)
    model = network(torch, given)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    error = torch.nn.BCEWithLogitsLoss()
    size = given["batch_size"]
    steps = len(images) // size

    def epoch():
        order = torch.randperm(len(images))
        for step in range(steps):
            batch = images[order[step * size : (step + 1) * size]]
            optimizer.zero_grad()
            error(model(batch), batch).backward()
            optimizer.step()

    epoch()
    first = time.perf_counter()
    epoch()
    epochs = max(1, round(given["seconds"] / (time.perf_counter() - first)))

    def one_round():
        begun = time.perf_counter()
        for _ in range(epochs):
            epoch()
        return {"images": epochs * steps * size, "seconds": time.perf_counter() - begun}

    return {"data": loaded - begun, "compilation": first - loaded}, one_round


def main():
    """Answers every line of standard input with a line of JSON, until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    said, one_round = begin(json.loads(sys.argv[1]))
    while True:
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        if not sys.stdin.readline():
            return
        said = one_round()


if __name__ == "__main__":
    main()
