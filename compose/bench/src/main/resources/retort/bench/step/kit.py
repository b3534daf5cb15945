"""Proves and times Retort's training program on a machine that has PyTorch and no Java.   python kit.py --help

The folder around this file was made by `retort bench kit`. It holds the TorchScript archives that the Java side packs, the
reference values of the authors' code, and two other implementations of the same step. First every reference set for distillation is
checked: forward pass, gradients, optimiser steps. Then steps are timed. The last line is one JSON object.
"""

import argparse
import json
import math
import pathlib
import statistics
import sys
import time

import torch

import program_step
import step_contestant

HERE = pathlib.Path(__file__).resolve().parent
KIT = json.loads((HERE / "kit.json").read_text())
PROJECTIONS = {"fc-1layer": "fc", "mlp-1layer": "mlp", "mlp-2layer": "mlp2"}
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8,
         "BOOL": torch.bool}


def safetensors(path):
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        dtype = TYPES[entry["dtype"]]
        values = torch.frombuffer(data[begin:end], dtype=dtype) if end > begin else torch.empty(0, dtype=dtype)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


class Deviation:
    """The largest deviation of a set, as a share of what its tolerance allows."""

    def __init__(self):
        self.values, self.worst, self.where = 0, 0.0, ""

    def compare(self, name, got, wanted, absolute, relative):
        got = torch.as_tensor(got).detach().double().cpu().reshape(-1)
        wanted = torch.as_tensor(wanted).double().cpu().reshape(-1)
        if got.shape != wanted.shape:
            raise AssertionError("%s has %d values instead of %d" % (name, got.numel(), wanted.numel()))
        allowed = absolute + relative * wanted.abs()
        difference = (got - wanted).abs()
        share = torch.where(difference == 0, torch.zeros_like(difference), difference / allowed)
        share = torch.where(torch.isnan(got), torch.full_like(share, math.inf), share)
        self.values += got.numel()
        if got.numel() and share.max().item() > self.worst:
            self.worst, self.where = share.max().item(), name

    def tolerance(self, name, got, wanted, tolerance):
        self.compare(name, got, wanted, tolerance.get("abs", 0), tolerance.get("rel", 0))


class Golden:
    """One reference set, with the program configured as the set says."""

    def __init__(self, json_path, device):
        self.json = json.loads(json_path.read_text())
        self.device = device
        self.folder = json_path.parent
        self.expected = safetensors(self.folder / self.json["tensors"])
        self.deviation = Deviation()

    def weights(self, model):
        tensors = safetensors(self.folder / model["weights"])
        if model.get("head_weights"):
            tensors = {name: value for name, value in tensors.items() if not name.startswith("aligned_feature_projection_heads.")}
            tensors.update(safetensors(self.folder / model["head_weights"]))
        return {name: value.float().to(self.device) for name, value in tensors.items()}

    def archive(self, distance, norm_pix, micro_batches=1):
        student, teacher = self.json["student"]["arch"], self.json["teacher"]["arch"]
        visible = int(self.json["num_patches"] * (1 - self.json["mask_ratio"]))
        archive = program_step.Archive(str(HERE / KIT["checks"]), self.device)
        for name, value in dict(
                product=6, patch=student["patch_size"], heads=student["num_heads"], depth=student["depth"],
                decoder_heads=student["decoder_num_heads"], decoder_depth=student["decoder_depth"], teacher_heads=teacher["num_heads"],
                teacher_depth=self.json["teacher_blocks"][-1] + 1, visible=visible, teacher_visible=visible,
                student_blocks=self.json["student_blocks"], teacher_blocks=self.json["teacher_blocks"],
                projection=PROJECTIONS[self.json["student"]["projection"]], distance=distance.lower(), norm_pix=norm_pix,
                micro_batches=micro_batches).items():
            setattr(archive.module, name, value)
        return archive

    def stream(self, archive):
        """The images are normalised already: statistics that change nothing."""
        return archive.stream([0, 0, 0], [1 / 255] * 3)

    def images(self, index=None):
        images = self.expected["images"] if index is None else self.expected["images"][index]
        return images.float().flatten(0, -4).permute(0, 2, 3, 1).contiguous().to(self.device)

    def order(self, index=None):
        noise = self.expected["noise"] if index is None else self.expected["noise"][index]
        return noise.flatten(0, -2).argsort(dim=-1).to(self.device)

    def in_place(self, values):
        """(N, L, P) from masking order to the order of the patches in the picture."""
        return torch.zeros_like(values).scatter(1, self.order().unsqueeze(-1).expand_as(values), values)

    def forward(self):
        tolerance, wanted = self.json["tolerance"], self.json["expected_f64"]
        student, teacher = self.weights(self.json["student"]), self.weights(self.json["teacher"])
        for distance in ("L1", "L2"):
            for norm_pix in (False, True):
                archive = self.archive(distance, norm_pix)
                trace = torch.jit.script({"images": self.images()})  # a dictionary that the program can write to
                with torch.no_grad():
                    frozen = archive.module.freeze(teacher)
                    losses = archive.module.losses(self.images(), self.order(), student, frozen, self.stream(archive), trace)
                scalars = tolerance["scalar_losses"]
                suffix = "_norm_pix" if norm_pix else ""
                self.deviation.tolerance("total_loss", losses[0], wanted["total_loss"][distance + suffix], scalars)
                self.deviation.tolerance("recon_loss", losses[1], wanted["recon_loss" + suffix], scalars)
                self.deviation.tolerance("distill_loss", losses[2], wanted["distill_loss"][distance]["sum"], scalars)
                traced = dict(trace.items())
                with torch.no_grad():
                    traced["pred"] = self.in_place(archive.module.decode(traced["student_latent"], self.order(), 1, student))
                for name, value in traced.items():
                    if name in self.expected and name in tolerance["per_tensor"] and name != "target":
                        self.deviation.tolerance(name, value, self.expected[name], tolerance["per_tensor"][name])

    def train(self):
        tolerance, settings = self.json["tolerance"], self.json["optimizer"]
        archive = self.archive(self.json["distill_loss"], self.json["norm_pix_loss"], self.json["accum_iter"])
        archive.module.beta1, archive.module.beta2 = settings["beta1"], settings["beta2"]
        groups = [dict(names=self.json["decayed_parameters"], rate=1, decay=settings["weight_decay"]),
                  dict(names=self.json["undecayed_parameters"], rate=1, decay=0)]
        first = self.weights(self.json["student"])
        student = {name: value.clone() for name, value in first.items()}
        learner = program_step.Learner(archive, student, groups, self.weights(self.json["teacher"]), self.stream(archive))
        _, grads = learner.gradients(self.images(0), self.order(0))
        names = [name for group in groups for name in group["names"]]
        for name, grad in zip(names, grads):
            if "grad." + name in self.expected:
                self.deviation.tolerance("grad." + name, grad, self.expected["grad." + name], tolerance["grad"])
        for step in range(self.json["steps"]):
            losses = learner.step(self.images(step), self.order(step), settings["lr"])
            wanted = self.json["per_step_f64"][step]
            relative = tolerance["losses"]["rel"] if step == 0 else 1e-4
            for index, part in enumerate(("total", "recon", "distill")):
                mean = statistics.fmean(micro[part] for micro in wanted["micro_batches"])
                self.deviation.compare("step %d %s" % (step, part), losses[index], mean, 0, relative)
            self.deviation.compare("step %d gradient norm" % step, losses[3], wanted["grad_norm"], 0, tolerance["grad_norm"]["rel"])
            for name in names:
                key = "step%d.%s" % (step + 1, name)
                if key in self.expected:
                    comparable = self.expected["step%d_compare.%s" % (step + 1, name)].bool()
                    self.deviation.compare(key, student[name].detach().cpu()[comparable], self.expected[key][comparable],
                                           tolerance["step"]["abs"], 0)

    def check(self):
        self.forward() if self.json["kind"] == "distill_forward" else self.train()
        return self.deviation


def check(device):
    """Checks every set in float32. Returns true if all hold."""
    held = True
    for path in sorted((HERE / "golden").glob("*.json")):
        kind = json.loads(path.read_text()).get("kind")
        if kind not in ("distill_forward", "distill_train"):
            continue
        deviation = Golden(path, device).check()
        fine = deviation.worst <= 1
        held = held and fine
        print("golden %-28s %9d values, worst %.3f of the tolerance%s" % (
            path.stem, deviation.values, deviation.worst, "" if fine else "  FAILED at " + deviation.where), flush=True)
    return held


def contestants(device):
    yield "program-float32", dict(contestant="program", precision="float32"), False
    yield "lean-float32", dict(contestant="lean", precision="float32"), False
    yield "authors-float32", dict(contestant="authors", precision="float32"), False
    if device.type == "cuda":
        yield "program-tf32", dict(contestant="program", precision="float32"), True
        yield "lean-tf32", dict(contestant="lean", precision="float32"), True
        yield "compiled-tf32", dict(contestant="lean", precision="float32", compiled=True), True
        yield "authors-tf32", dict(contestant="authors", precision="float32"), True
    yield "program-bfloat16", dict(contestant="program", precision="bfloat16"), False
    yield "lean-bfloat16", dict(contestant="lean", precision="bfloat16"), False
    if device.type == "cuda":
        yield "compiled-bfloat16", dict(contestant="lean", precision="bfloat16", compiled=True), False
        yield "authors-bfloat16", dict(contestant="authors", precision="bfloat16"), False


def synchronized(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def measure(case, device, rounds):
    """Median seconds of a step, and peak bytes of device memory."""
    make = program_step.training_step if case["contestant"] == "program" else step_contestant.training_step
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    step = make(case, device)
    for _ in range(3):
        loss = step()
    if not math.isfinite(loss):
        raise SystemExit("the step came to a loss of %s" % loss)
    seconds = []
    for _ in range(rounds):
        begin = synchronized(device)
        step()
        seconds.append(synchronized(device) - begin)
    return statistics.median(seconds), torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None


def product_rate(device, precision, tf32):
    """Operations a second of one large matrix product: what the device can do."""
    torch.backends.cuda.matmul.allow_tf32 = tf32
    side = 8192 if device.type == "cuda" else 1024
    a, b = (torch.randn(side, side, device=device).to(getattr(torch, precision)) for _ in range(2))
    for _ in range(3):
        a @ b
    seconds = []
    for _ in range(5):
        begin = synchronized(device)
        a @ b
        seconds.append(synchronized(device) - begin)
    return 2 * side ** 3 / statistics.median(seconds)


def timed(options, device):
    rates, results = {}, []
    for case in KIT["cases"]:
        if options.models and case["models"] not in options.models or options.mask and case["mask"] not in options.mask:
            continue
        for batch in options.batch:
            print("\n%s, batch %d: %.1f GFLOP an image" % (case["title"], batch, case["operations"] / 1e9), flush=True)
            print("  %-20s %10s %10s %10s %10s" % ("", "s/step", "images/s", "of rate", "peak MiB"), flush=True)
            for name, kind, tf32 in contestants(device):
                torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
                if kind["precision"] not in options.precision:
                    continue
                described = dict(case, batch=batch, program=str(HERE / case["programs"][kind["precision"]]), **kind)
                try:
                    seconds, peak = measure(described, device, options.rounds)
                except torch.cuda.OutOfMemoryError:
                    print("  %-20s does not fit into the device's memory" % name, flush=True)
                    continue
                key = (kind["precision"], tf32)
                if key not in rates:
                    rates[key] = product_rate(device, *key)
                share = case["operations"] * batch / seconds / rates[key]
                shown = "" if name.startswith("authors") else "%.2f" % share
                print("  %-20s %10.4f %10.1f %10s %10s" % (name, seconds, batch / seconds, shown, "" if peak is None else peak >> 20),
                      flush=True)
                results.append(dict(models=case["models"], mask=case["mask"], batch=batch, contestant=name, seconds=seconds,
                                    imagesPerSecond=batch / seconds, shareOfRate=share, peakBytes=peak))
    return results, {"%s%s" % (precision, "-tf32" if tf32 else ""): rate for (precision, tf32), rate in rates.items()}


def numbers(kind):
    return lambda text: [kind(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog="Examples: python kit.py; python kit.py --device cpu "
                                     "--batch 8 --models s-b --mask 0.75 --rounds 3; python kit.py --only checks")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="cpu or cuda:N (default: the GPU, if any)")
    parser.add_argument("--batch", type=numbers(int), default=None, help="images in a step (default: 32 to 1024 on a GPU, 8 on a CPU)")
    parser.add_argument("--models", type=numbers(str), default=None, help="s-b, b-l (default: both)")
    parser.add_argument("--mask", type=numbers(float), default=None, help="0.75, 0.95, 0.98 (default: all)")
    parser.add_argument("--precision", type=numbers(str), default=["float32", "bfloat16"], help="float32, bfloat16 (default: both)")
    parser.add_argument("--rounds", type=int, default=10, help="timed steps (default: 10); the median counts")
    parser.add_argument("--only", choices=["checks", "times"], help="leave out the other part")
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.batch is None:
        options.batch = [32, 64, 128, 256, 512, 1024] if device.type == "cuda" else [8]
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU, %d threads" % torch.get_num_threads()
    print("PyTorch %s, %s" % (torch.__version__, name), flush=True)
    answer = dict(kit=KIT["version"], torch=torch.__version__, device=name)
    if options.only != "times":
        answer["checksHold"] = check(device)
        if not answer["checksHold"]:
            print(json.dumps(answer))
            return 1
    if options.only != "checks":
        answer["results"], answer["rates"] = timed(options, device)
    print("\n" + json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
