"""The TorchScript program that Retort's Java side packs, run by Python's PyTorch.

`Archive` loads the file by torch.jit.load. `training_step` gives it random weights and images and returns a function that takes a
step. The description says what Java would pass: names and shapes of the tensors, the groups of the optimiser, mean and deviation.
"""

import torch

RATE = 1e-5


class Archive:
    def __init__(self, path, device):
        # As in Java: the profiling executor recompiles after some calls, and takes the optimiser's updates in place for dead code.
        torch._C._set_graph_executor_optimize(False)
        self.module = torch.jit.load(path, map_location=device)
        self.device = device

    def stream(self, mean, std):
        """What normalises a pixel of 0 to 255: x * scale + shift."""
        mean, std = (torch.tensor(values, dtype=torch.float64) for values in (mean, std))
        return {"scale": (1 / (255 * std)).float().to(self.device), "shift": (-mean / std).float().to(self.device)}


class Learner:
    """Weights, the optimiser's state and the arguments of `step`, as retort.trainer.learn.LearnerState keeps them."""

    def __init__(self, archive, student, groups, teacher, stream):
        self.archive = archive
        self.student = student
        self.parameters = [student[name] for group in groups for name in group["names"]]
        for parameter in self.parameters:
            parameter.requires_grad_(True)
        self.moments = [torch.zeros_like(p) for p in self.parameters], [torch.zeros_like(p) for p in self.parameters]
        self.ends, end = [], 0
        for group in groups:
            end += len(group["names"])
            self.ends.append(end)
        self.rates = [float(group["rate"]) for group in groups]
        self.decays = [float(group["decay"]) for group in groups]
        with torch.no_grad():
            self.teacher = archive.module.freeze(teacher)
        self.stream = stream
        self.updates = 0

    def gradients(self, images, order):
        return self.archive.module.gradients(images, order, self.student, self.teacher, self.stream, self.parameters)

    def step(self, images, order, rate):
        """Total, reconstruction and distillation loss, and the gradient's norm; one tensor of 4 on the device."""
        self.updates += 1
        return self.archive.module.step(images, order, self.student, self.teacher, self.stream, self.parameters, *self.moments,
                                        self.ends, [rate * scale for scale in self.rates], self.decays, float(self.updates))


def random_weights(shapes, device):
    return {name: torch.randn(shape, device=device) * 0.02 for name, shape in shapes}


def training_step(case, device):
    archive = Archive(case["program"], device)
    learner = Learner(archive, random_weights(case["student"], device), case["groups"], random_weights(case["teacher"], device),
                      archive.stream(case["pixels"]["mean"], case["pixels"]["std"]))
    side, patches = case["image"], case["patches"]
    batches = [(torch.randint(0, 256, (case["batch"], side, side, 3), dtype=torch.uint8), torch.rand(case["batch"], patches).argsort(1))
               for _ in range(2)]
    turn = 0

    def step():
        nonlocal turn
        images, order = (each.to(device) for each in batches[turn % len(batches)])
        turn += 1
        return learner.step(images, order, RATE)[0].item()

    return step
