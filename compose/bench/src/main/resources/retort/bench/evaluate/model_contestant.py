"""A vision transformer in PyTorch eager, written as timm writes it: fused attention, exact GELU. Weights and layout are Retort's."""

import numpy as np
import torch
import torch.nn.functional as F

import contestant

case = contestant.case()
torch.set_num_threads(case["threads"])
image, patch, heads = case["image"], case["patch"], case["heads"]
values = torch.from_numpy(np.fromfile(case["weights"], dtype="<f4"))
w, at = {}, 0
for name, shape in case["parameters"]:
    count = int(np.prod(shape, dtype=np.int64))
    w[name] = values[at:at + count].reshape(shape)
    at += count
width = w["cls_token"].shape[-1]
pixels = torch.randint(0, 256, (case["batch"], image, image, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def linear(x, name):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def norm(x, name):
    return F.layer_norm(x, (width,), w[name + ".weight"], w[name + ".bias"], 1e-6)


def block(x, name):
    n, t, _ = x.shape
    qkv = linear(norm(x, name + ".norm1"), name + ".attn.qkv").reshape(n, t, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    attended = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
    x = x + linear(attended.transpose(1, 2).reshape(n, t, width), name + ".attn.proj")
    return x + linear(F.gelu(linear(norm(x, name + ".norm2"), name + ".mlp.fc1")), name + ".mlp.fc2")


def run():
    with torch.inference_mode():
        x = ((pixels.float() / 255 - 0.5) / 0.25).permute(0, 3, 1, 2)
        kernel = w["patch_embed.proj.weight"].reshape(width, 3, patch, patch)
        x = F.conv2d(x, kernel, w["patch_embed.proj.bias"], stride=patch).flatten(2).transpose(1, 2)
        x = torch.cat([w["cls_token"].reshape(1, 1, width).expand(x.shape[0], -1, -1), x], 1) + w["pos_embed"]
        for i in range(case["depth"]):
            x = block(x, "blocks.%d" % i)
        if case["classes"] == 0:
            return norm(x, "norm")[:, 1:].mean(1).numpy()
        return linear(norm(x[:, 1:].mean(1), "fc_norm"), "head").numpy()


contestant.serve("PyTorch %s, %d threads" % (torch.__version__, torch.get_num_threads()), run)
