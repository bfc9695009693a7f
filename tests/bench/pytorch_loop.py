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
    if given.get("variational"):
        return variational(torch, given["sizes"])
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


def variational(torch, sizes):
    """Mirrored dense layers around a normal sample; `divergence` is what its last code tells, nats a pixel."""
    nn = torch.nn

    def dense(sizes):
        pairs = list(itertools.pairwise(sizes))
        return [layer for pair in pairs for layer in (nn.Linear(*pair), nn.ReLU())][:-1]

    class Variational(nn.Module):  # type: ignore[name-defined]  # torch may be missing
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(nn.Flatten(), *dense([*sizes[:-1], 2 * sizes[-1]]))
            self.decoder = nn.Sequential(*dense(sizes[::-1]), nn.Unflatten(1, (1, 28, 28)))

        def forward(self, images):
            mean, log_variance = self.encoder(images).chunk(2, dim=1)
            terms = 1 + log_variance - mean.square() - log_variance.exp()
            self.divergence = -0.5 * terms.sum(1).mean() / sizes[0]
            return self.decoder(mean + torch.randn_like(mean) * (0.5 * log_variance).exp())

    return Variational()


def begin(given):
    """Builds the network and trains one epoch; returns what to say of it, and the function that does a round."""
    import numpy as np
    import torch

    begun = time.perf_counter()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32, as Keras's backends have it by themselves
    images = torch.from_numpy(np.load(given["file"]).astype(np.float32) / 255).reshape(-1, 1, 28, 28).to(device)
    loaded = time.perf_counter()
    torch.manual_seed(0)
    model = network(torch, given).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    error = torch.nn.BCEWithLogitsLoss()
    size = given["batch_size"]
    steps = len(images) // size

    def epoch():
        order = torch.randperm(len(images), device=device)
        for step in range(steps):
            batch = images[order[step * size : (step + 1) * size]]
            optimizer.zero_grad()
            loss = error(model(batch), batch)
            if given.get("variational"):
                loss = loss + model.divergence
            loss.backward()
            optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()

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
