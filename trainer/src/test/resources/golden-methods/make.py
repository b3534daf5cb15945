"""Makes the sets of this folder: losses and gradients of the methods of compose/docs/methods.md.

    python make.py FOLDER     FOLDER holds this file beside ../golden; torch 2.7.1, safetensors 0.5

A plain model in float64, written from the papers: all patches are embedded, tokens are put back in their places, attention is
written out, and everything that a model has is computed, whether the loss needs it or not. A parameter without a gradient is one that the
loss does not need. Weights are those of ../golden: student-c (3 blocks of width 24 with 3 heads) and teacher-c (3 blocks of width 36 with 4).
Each set has the settings of its run as text, so that the check reads them as a user's.
"""
import json
import math
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file

out = pathlib.Path(sys.argv[1]).resolve()
GOLDEN = out.parent / "golden"
IMAGES, SIDE, PATCH, PATCHES = 3, 24, 4, 36
STUDENT_HEADS, DEPTH = 3, 3


def split(x, heads):
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).permute(0, 2, 1, 3)


def layer_norm(x, gain, bias, epsilon=1e-6):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.pow(2).mean(-1, keepdim=True) + epsilon).sqrt() * gain + bias


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def dense(x, w, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def normed(x, w, name):
    return layer_norm(x, w[name + ".weight"], w[name + ".bias"])


def block(x, w, name, heads, factors=None):
    """The output of a block, and its queries, keys and values (N, T, D). `factors` (N, 2) are those of its branches."""
    a, b = (1, 1) if factors is None else factors.double().reshape(-1, 2, 1, 1).unbind(1)
    q, k, v = dense(normed(x, w, name + ".norm1"), w, name + ".attn.qkv").chunk(3, -1)
    qs, ks, vs = split(q, heads), split(k, heads), split(v, heads)
    weights = (qs @ ks.transpose(-1, -2) / math.sqrt(qs.shape[-1])).softmax(-1)
    y = (weights @ vs).permute(0, 2, 1, 3).reshape(x.shape)
    x = x + a * dense(y, w, name + ".attn.proj")
    hidden = gelu(dense(normed(x, w, name + ".norm2"), w, name + ".mlp.fc1"))
    return x + b * dense(hidden, w, name + ".mlp.fc2"), dict(q=q, k=k, v=v)


def encode(images, keep, w, heads, last=None, factors=None):
    """All blocks' outputs, and their queries, keys and values, for the patches in `keep` (N, K) between a class token and a last one.
    `factors` (N, 2 * DEPTH) are those of the blocks' branches."""
    x = torch.nn.functional.conv2d(images, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    x = x.flatten(2).transpose(1, 2) + w["pos_embed"][:, 1:]
    x = torch.stack([each[at] for each, at in zip(x, keep)])
    first = (w["cls_token"] + w["pos_embed"][:, :1]).expand(len(x), -1, -1)
    x = torch.cat([first, x] if last is None else [first, x, last.expand(len(x), -1, -1)], 1)
    outputs, parts = [], []
    for i in range(DEPTH):
        x, part = block(x, w, f"blocks.{i}", heads, None if factors is None else factors[:, 2 * i:2 * i + 2])
        outputs.append(x)
        parts.append(part)
    return outputs, parts


def patches_of(images):
    """(N, 3, H, W) -> (N, L, values): a patch row by row, its channels last."""
    rows = []
    for y in range(0, SIDE, PATCH):
        for x in range(0, SIDE, PATCH):
            rows.append(images[:, :, y:y + PATCH, x:x + PATCH].permute(0, 2, 3, 1).flatten(1))
    return torch.stack(rows, 1)


def decoded(encoded, shuffled, visible, w, blocks):
    """What the first blocks of a decoder with 2 heads give for all tokens, every patch in its place."""
    x = dense(normed(encoded, w, "norm"), w, "decoder_embed")
    places = w["mask_token"].expand(len(x), PATCHES, -1).clone()
    for n, order in enumerate(shuffled):
        places[n, order[:visible]] = x[n, 1:]
    x = torch.cat([x[:, :1], places], 1) + w["decoder_pos_embed"]
    for i in range(blocks):
        x, _ = block(x, w, f"decoder_blocks.{i}", 2)
    return x


def pixel_loss(images, encoded, shuffled, visible, w, norm_pix):
    """MAE's: squared error over the masked patches."""
    x = decoded(encoded, shuffled, visible, w, 2)
    predicted = dense(normed(x, w, "decoder_norm"), w, "decoder_pred")[:, 1:]
    target = patches_of(images)
    if norm_pix:
        target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6).sqrt()
    each = (predicted - target).pow(2).mean(-1)
    masked = torch.ones_like(each)
    for n, order in enumerate(shuffled):
        masked[n, order[:visible]] = 0
    return (each * masked).sum() / masked.sum()


def feature_distance(own, target, s):
    if s.get("standardize-targets"):
        target = layer_norm(target, 1, 0, s.get("standardize-epsilon", 1e-6))
    if s.get("unit-features", True):
        own, target = (x / x.norm(dim=-1, keepdim=True) for x in (own, target))
    if s["distance"] == "cosine":
        return (1 - (own * target).sum(-1) / own.norm(dim=-1) / target.norm(dim=-1)).mean()
    off = (own - target).abs()
    beta = s.get("smooth-l1-beta", 1.0)
    each = {"l1": off, "l2": off.pow(2), "smooth-l1": torch.where(off < beta, off.pow(2) / (2 * beta), off - beta / 2)}[s["distance"]]
    return each.sum(-1).mean() if s.get("channel-reduction") == "sum" else each.mean()


def generated(feature, shuffled, visible, seen, w, name, blocks, heads):
    """What blocks predict for the patches that the teacher alone sees, from features of the class token and the visible patches."""
    places = [w["generators.pos_embed"][0, [0] + [1 + at for at in order[:seen].tolist()]] for order in shuffled]
    mask = w[name + ".mask_token"].expand(len(feature), seen - visible, -1)
    x = torch.cat([feature, mask], 1) + torch.stack(places)
    for i in range(blocks):
        x, _ = block(x, w, f"{name}.blocks.{i}", heads)
    return x[:, 1 + visible:]


def generators(pairs, blocks):
    """Random weights of generators of the teacher's width, 36, and of heads without a bias."""
    own = {"generators.pos_embed": torch.randn(1, 1 + PATCHES, 36)}
    for i in range(pairs):
        own[f"aligned_feature_projection_heads.{i}.weight"] = torch.randn(36, 24) / 5
        own[f"generators.{i}.mask_token"] = torch.randn(1, 1, 36)
        for j in range(blocks):
            for layer, shape in (("attn.qkv", (108, 36)), ("attn.proj", (36, 36)), ("mlp.fc1", (144, 36)), ("mlp.fc2", (36, 144))):
                own[f"generators.{i}.blocks.{j}.{layer}.weight"] = torch.randn(shape) / math.sqrt(shape[1])
                own[f"generators.{i}.blocks.{j}.{layer}.bias"] = torch.randn(shape[0]) / 4
            for layer in ("norm1", "norm2"):
                own[f"generators.{i}.blocks.{j}.{layer}.weight"] = 1 + torch.randn(36) / 4
                own[f"generators.{i}.blocks.{j}.{layer}.bias"] = torch.randn(36) / 4
    return {key: value.float() for key, value in own.items()}


def relation(part, which, heads):
    a, b = split(part[which[0]], heads), split(part[which[1]], heads)
    return a @ b.transpose(-1, -2) / math.sqrt(a.shape[-1])


def relation_distance(own, target, adapter, how):
    """own (N, heads, T, T) and target of the teacher's heads: scaled products, before any softmax."""
    if how == "kl":
        p, q = target.softmax(-1), own.softmax(-1)
        return (p * (p.log() - q.log())).sum(-1).mean()
    if how == "softmax-l2":
        own, target = own.softmax(-1), target.softmax(-1)
    if adapter is not None:
        own = torch.nn.functional.conv2d(own, adapter[:, :, None, None])
    return (own - target).pow(2).mean()


def kept_patches(noise, part, visible, heads):
    """MaskAlign's: a draw without replacement by the class token's attention of a block, the mean over its heads."""
    attention = relation(part, "qk", heads).softmax(-1)[:, :, 0, 1:].mean(1)
    race = -torch.log1p(-noise.double()) / attention
    ahead = race.sort(1).values
    assert (ahead[:, visible] / ahead[:, visible - 1] - 1).min() > 1e-3, "a draw that rounding could change: take another seed"
    return race.argsort(1)


def branch_factors(s):
    """Stochastic depth as timm's: an image leaves a branch out, or multiplies it by 1 / (1 - rate). The rate rises from 0, or is the same
    for all blocks. (N, 2 * DEPTH)"""
    rates = torch.full([DEPTH], s["drop-path"]) if s.get("drop-path-uniform") else torch.linspace(0, s["drop-path"], DEPTH)
    kept = 1 - rates.repeat_interleave(2)
    return (torch.rand(IMAGES, 2 * DEPTH) < kept).float() / kept


def aligned_loss(images, noise, visible, student, teachers, s, factors):
    """MaskAlign's: the mean over blocks of a teacher that sees the whole image; several teachers are summed by their weights. A teacher is
    its tensors, its heads, its blocks that are compared, and its weight."""
    everything = torch.arange(PATCHES).expand(len(images), -1)
    with torch.no_grad():
        taught = [encode(images, everything, tensors, heads) for tensors, heads, _, _ in teachers]
        attentive = s.get("masking", "attention") == "attention"
        shuffled = kept_patches(noise, taught[0][1][-1], visible, teachers[0][1]) if attentive else noise.argsort(1)
    keep = shuffled[:, :visible]
    outputs, _ = encode(images, keep, student, STUDENT_HEADS, factors=factors)
    loss, head = 0, 0
    for (features, _), (_, _, blocks, weight) in zip(taught, teachers):
        for b in blocks:
            own = outputs[-1]
            if "aligned_feature_mix" in student:
                own = sum(share * output for share, output in zip(student["aligned_feature_mix"][head], outputs))
            target = torch.stack([torch.cat([each[:1], each[1:][at]]) for each, at in zip(features[b], keep)])
            loss = loss + weight / len(blocks) * feature_distance(dense(own, student, f"aligned_feature_projection_heads.{head}"), target, s)
            head += 1
    return loss


def make(name, seed, s, teacher_heads=4):
    torch.manual_seed(seed)
    images = torch.randn(IMAGES, 3, SIDE, SIDE).float()
    noise = torch.rand(IMAGES, PATCHES).float()
    student = {key: value.double() for key, value in load_file(GOLDEN / "student-c.safetensors").items()}
    teacher = {key: value.double() for key, value in load_file(GOLDEN / "teacher-c.safetensors").items()}
    pairs = list(zip(s.get("student-blocks", []), s.get("teacher-blocks", [])))
    relates = s["objective"] == "relate"
    own = {}
    if s["objective"] == "decode":
        for layer, inputs in (("fc1", 16), ("fc2", 12)):
            own[f"aligned_feature_projection_heads.0.{layer}.weight"] = torch.randn(12, inputs).float() / 4
            own[f"aligned_feature_projection_heads.0.{layer}.bias"] = torch.randn(12).float() / 4
    if s["objective"] == "align":
        second = s.get("second-teacher", {"teacher-blocks": [], "weight": 1})
        teachers = [(teacher, teacher_heads, s["teacher-blocks"], 1)]
        if second["teacher-blocks"]:  # a copy of the student's first weights
            teachers.append(({key: value.clone() for key, value in student.items()}, STUDENT_HEADS, second["teacher-blocks"], second["weight"]))
        widths = [36] * len(s["teacher-blocks"]) + [24] * len(second["teacher-blocks"])
        if s.get("mix") != "none":
            own["aligned_feature_mix"] = torch.randn(len(widths), DEPTH).float()
        for i, width in enumerate(widths):
            own[f"aligned_feature_projection_heads.{i}.weight"] = torch.randn(width, 24).float() / 5
            own[f"aligned_feature_projection_heads.{i}.bias"] = torch.randn(width).float() / 5
    if relates and s["head-adapter"]:
        for i in range(len(pairs) * len(s["relations"])):
            own[f"relation_adapters.{i}.weight"] = (torch.rand(teacher_heads, STUDENT_HEADS) * 2 - 1).float()
    depth = s.get("generator-blocks", 0)
    if depth:
        own.update(generators(len(pairs), depth))
    student.update({key: value.double() for key, value in own.items()})
    for key, value in student.items():
        value.requires_grad_(not key.endswith("pos_embed"))

    shuffled = noise.argsort(1)
    visible = s["visible-patches"]
    seen = s.get("teacher-visible-patches", visible)
    wide = images.double()
    factors = branch_factors(s) if "drop-path" in s else None
    outputs, parts = encode(wide, shuffled[:, :visible], student, STUDENT_HEADS, factors=factors)
    with torch.no_grad():
        taught, taught_parts = encode(wide, shuffled[:, :seen], teacher, teacher_heads)
    each, predicted = [], []
    if s["objective"] == "decode":
        head = "aligned_feature_projection_heads.0"
        x = gelu(dense(decoded(outputs[-1], shuffled, visible, student, 2), student, head + ".fc1"))
        with torch.no_grad():
            target = decoded(taught[-1], shuffled, visible, teacher, s["teacher-decoder-block"] + 1)
        each.append(feature_distance(dense(x, student, head + ".fc2"), target, s))
    for i, (a, b) in enumerate(pairs):
        if not relates:
            head = f"aligned_feature_projection_heads.{i}"
            feature = outputs[a] @ student[head + ".weight"].T if s.get("projection") == "linear" else dense(outputs[a], student, head)
            each.append(feature_distance(feature, taught[b][:, :1 + visible], s))
            if depth:
                guess = generated(feature, shuffled, visible, seen, student, f"generators.{i}", depth, teacher_heads)
                predicted.append(feature_distance(guess, taught[b][:, 1 + visible:], s))
            continue
        for which in s["relations"]:
            adapter = student[f"relation_adapters.{len(each)}.weight"] if s["head-adapter"] else None
            heads = STUDENT_HEADS if s["head-adapter"] else teacher_heads
            each.append(relation_distance(relation(parts[a], which, heads), relation(taught_parts[b], which, teacher_heads),
                                          adapter, s["relation-distance"]))
    weight = s.get("reconstruction-weight", 0)
    distillation = sum(each)
    if s["objective"] == "align":
        distillation = aligned_loss(wide, noise, visible, student, teachers, s, factors)
    reconstruction = pixel_loss(wide, outputs[-1], shuffled, visible, student, s["norm-pix"]) if weight else torch.zeros(())
    generation = sum(predicted)
    total = weight * reconstruction + s.get("distillation-weight", 1) * distillation + s.get("generation-weight", 1) * generation

    tensors = {"images": images, "noise": noise, **({} if factors is None else {"factors": factors})}
    tensors.update({"student." + key: value.detach() for key, value in own.items()})
    save(name, seed, tensors, student, total, {
        "teacher_heads": teacher_heads,
        "settings": ", ".join(f"{key} = {json.dumps(value)}" for key, value in s.items()),
        "total": total.item(), "reconstruction": reconstruction.item(), "distillation": distillation.item(),
        **({"generation": generation.item()} if depth else {}),
        "per_pair": [part.item() for part in each]})


def save(name, seed, tensors, student, total, about):
    """Saves a set with the gradients of all parameters that the loss needs."""
    names = [key for key, value in student.items() if value.requires_grad]
    grads = torch.autograd.grad(total, [student[key] for key in names], allow_unused=True)
    tensors.update({"grad." + key: grad.float().contiguous() for key, grad in zip(names, grads) if grad is not None})
    save_file(tensors, out / f"{name}.safetensors")
    (out / f"{name}.json").write_text(json.dumps({
        "kind": "method", "name": name, "tensors": f"{name}.safetensors", "seed": seed, **about}, indent=1) + "\n")


def classify(name, seed, weight, smoothing, classes=5):
    """A classifier with a distillation token, whose head learns the first choice of a teacher that averages its patches. Pixels are bytes."""
    torch.manual_seed(seed)
    images = (torch.randint(0, 8, (IMAGES, 3, SIDE, SIDE)) * torch.tensor([1, 6, 30]).view(IMAGES, 1, 1, 1)).float()
    labels = [0, 3, 2]
    student = {key: value.double() for key, value in load_file(GOLDEN / "student-c.safetensors").items()}
    teacher = {key: value.double() for key, value in load_file(GOLDEN / "teacher-c.safetensors").items()}
    own = {"student.dist_token": torch.randn(1, 1, 24), "teacher.fc_norm.weight": 1 + torch.randn(36) / 4,
           "teacher.fc_norm.bias": torch.randn(36) / 4}
    for head, width in (("student.head", 24), ("student.head_dist", 24), ("teacher.head", 36)):
        own[head + ".weight"], own[head + ".bias"] = torch.randn(classes, width) / 3, torch.randn(classes) / 4
    own = {key: value.float() for key, value in own.items()}
    for key, value in own.items():
        of, rest = key.split(".", 1)
        (student if of == "student" else teacher)[rest] = value.double()
    for value in student.values():
        value.requires_grad_(True)
    everything = torch.arange(PATCHES).expand(IMAGES, -1)
    wide = images.double()
    outputs, _ = encode(wide, everything, student, STUDENT_HEADS, student["dist_token"])
    x = normed(outputs[-1], student, "norm")
    by_class, by_token = dense(x[:, 0], student, "head"), dense(x[:, -1], student, "head_dist")
    with torch.no_grad():
        taught, _ = encode(wide, everything, teacher, 4)
        choice = dense(normed(taught[-1][:, 1:].mean(1), teacher, "fc_norm"), teacher, "head").argmax(-1)
    truth = torch.nn.functional.one_hot(torch.tensor(labels), classes) * (1 - smoothing) + smoothing / classes
    classification = -(truth * by_class.softmax(-1).log()).sum(-1).mean()
    distillation = -by_token.softmax(-1).log()[torch.arange(IMAGES), choice].mean()
    total = (1 - weight) * classification + weight * distillation
    save(name, seed, {"images": images, "logits": ((by_class + by_token) / 2).detach().float(), **own}, student, total, {
        "teacher_heads": 4, "labels": labels, "classes": classes, "choice": choice.tolist(),
        "settings": f'objective = "finetune", init = "scratch", pooling = "token", distillation-token = true, logits-weight = {weight}, '
                    f"smoothing = {smoothing}, drop-path = 0, mixup = 0, cutmix = 0, erase = 0",
        "total": total.item(), "classification": classification.item(), "distillation": distillation.item()})


def distill(**more):
    return {"objective": "distill", "visible-patches": 9, "student-blocks": [1], "teacher-blocks": [1], "reconstruction-weight": 0,
            "distillation-weight": 1, **{key.replace("_", "-"): value for key, value in more.items()}}


def relate(**more):
    return {"objective": "relate", "visible-patches": 9, "student-blocks": [2], "teacher-blocks": [2], "reconstruction-weight": 0,
            "distillation-weight": 1, **{key.replace("_", "-"): value for key, value in more.items()}}


make("smooth-l1-standardized", 1, distill(distance="smooth-l1", smooth_l1_beta=2.0, standardize_targets=True, unit_features=False))
make("smooth-l1-sum-unit", 2, distill(distance="smooth-l1", smooth_l1_beta=0.1, channel_reduction="sum", standardize_targets=True))
make("l2-sum", 3, distill(distance="l2", channel_reduction="sum", unit_features=False))
make("l1-sum", 4, distill(distance="l1", channel_reduction="sum", distillation_weight=0.25))
make("cosine-standardized", 5, distill(distance="cosine", standardize_targets=True, channel_reduction="sum"))
make("mae-lite", 6, relate(relations=["qk"], head_adapter=True, relation_distance="scores-l2", reconstruction_weight=1, norm_pix=True))
make("attention-two-blocks", 7, relate(relations=["qk"], head_adapter=True, relation_distance="softmax-l2", student_blocks=[0, 2],
                                       teacher_blocks=[1, 2], distillation_weight=3))
make("tinymim", 8, relate(relations=["qk", "vv"], head_adapter=False, relation_distance="kl", visible_patches=36))
make("attention-equal-heads", 10, relate(relations=["qk", "vv"], head_adapter=False, relation_distance="kl", reconstruction_weight=1,
                                         norm_pix=True), teacher_heads=3)
make("tinymim-inner-block", 9, relate(relations=["vv", "kk", "qq"], head_adapter=False, relation_distance="kl", student_blocks=[1],
                                      teacher_blocks=[1], reconstruction_weight=1, norm_pix=False))
make("g2sd", 11, {"objective": "decode", "visible-patches": 9, "teacher-decoder": {"width": 12, "depth": 1, "heads": 2}, "teacher-decoder-block": 0,
                  "projection": "mlp", "distance": "smooth-l1", "smooth-l1-beta": 2.0, "unit-features": False, "standardize-targets": True})
make("amd", 12, distill(teacher_visible_patches=18, generator_blocks=2, projection="linear", distance="l2", unit_features=False,
                        student_blocks=[2], teacher_blocks=[2], reconstruction_weight=1, norm_pix=True))
make("amd-two-blocks", 13, distill(teacher_visible_patches=36, generator_blocks=1, projection="linear", distance="smooth-l1",
                                   standardize_targets=True, student_blocks=[0, 1], teacher_blocks=[1, 2], distillation_weight=0.5,
                                   generation_weight=0.25))
classify("g2sd-token", 14, 0.5, 0.1)


def align(**more):
    return {"objective": "align", "visible-patches": 9, "teacher-blocks": [1, 2], "distance": "smooth-l1", "unit-features": False,
            "standardize-targets": True, "standardize-epsilon": 1e-5, "distillation-weight": 2,
            **{key.replace("_", "-"): value for key, value in more.items()}}


make("maskalign", 12, align())
make("maskalign-inner-block", 13, align(teacher_blocks=[1], visible_patches=4, distance="l1", unit_features=True))
make("maskalign-random", 14, align(masking="random", teacher_blocks=[0, 2], distance="l2", standardize_epsilon=0.05, distillation_weight=0.5))
make("moma", 15, align(masking="random", mix="none", teacher_blocks=[2], standardize_epsilon=1e-6, distillation_weight=1,
                       second_teacher={"teacher": "run:u", "teacher-blocks": [1], "weight": 0.5}))
make("moma-mixed", 16, align(teacher_blocks=[0, 2], distance="l2", second_teacher={"teacher": "run:u", "teacher-blocks": [0, 1, 2], "weight": 3}))
make("tinymim-drop-path", 17, relate(relations=["qk", "vv"], head_adapter=False, relation_distance="kl", visible_patches=36, drop_path=0.5,
                                     drop_path_uniform=True))
make("attention-drop-path", 18, relate(relations=["qk"], head_adapter=True, relation_distance="scores-l2", student_blocks=[1, 2],
                                       teacher_blocks=[0, 2], reconstruction_weight=1, norm_pix=False, drop_path=0.6))
make("maskalign-drop-path", 19, align(drop_path=0.8))
