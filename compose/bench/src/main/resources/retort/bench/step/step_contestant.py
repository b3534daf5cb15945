"""One PyTorch contestant of `retort bench step`: a DMAE training step on random images, timed on request.

A ViT student learns from the first blocks of a ViT teacher and reconstructs masked patches. `authors` does the work as the
method was first released: the teacher runs whole, decoder included, every patch is embedded, attention is matrix products, the
prediction head sees all tokens, AdamW loops over tensors. `lean` gives the same losses for less: the teacher stops at its
aligned block, only visible patches are embedded, decoder tokens stay in masking order, the last decoder block and the head
serve masked tokens alone, attention and AdamW are fused. `program` is Retort's own TorchScript program (program_step.py). `products` runs the lean step's matrix products and nothing else.

One unit of work is one step. A loss that is not finite ends the program.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

import contestant

PATCH, IMAGE, CHANNELS = 16, 224, 3
GRID = IMAGE // PATCH
PATCHES = GRID * GRID
SMALL, BASE, LARGE = dict(width=384, depth=12, heads=6), dict(width=768, depth=12, heads=12), dict(width=1024, depth=24, heads=16)
# student, teacher, and the aligned block of each, counted from 0
MODELS = {"s-b": (SMALL, BASE, 8, 8), "b-l": (BASE, LARGE, 8, 17)}
DECODER = dict(width=512, heads=16)
TEACHER_DECODER_DEPTH = 8
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Attention(nn.Module):
    def __init__(self, width, heads, fused):
        super().__init__()
        self.heads, self.fused = heads, fused
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x, first=0):
        """Tokens from `first` on attend to all."""
        n, t, d = x.shape
        if first == 0:
            q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        else:
            weight, bias = self.qkv.weight, self.qkv.bias
            q = F.linear(x[:, first:], weight[:d], bias[:d]).reshape(n, t - first, self.heads, -1).transpose(1, 2)
            k, v = F.linear(x, weight[d:], bias[d:]).reshape(n, t, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        if self.fused:
            x = F.scaled_dot_product_attention(q, k, v)
        else:
            x = ((q @ k.transpose(-2, -1)) * (d // self.heads) ** -0.5).softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(n, t - first, d))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads, fused):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads, fused)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width)

    def forward(self, x, first=0):
        x = x[:, first:] + self.attn(self.norm1(x), first)
        return x + self.mlp(self.norm2(x))


class Mae(nn.Module):
    """Encoder and decoder under the names that MAE's checkpoints use."""

    def __init__(self, width, depth, heads, decoder_depth, fused):
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(CHANNELS, width, PATCH, PATCH)})
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, 1 + PATCHES, width) * 0.02, requires_grad=False)
        self.blocks = nn.ModuleList(Block(width, heads, fused) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        if decoder_depth:
            inner = DECODER["width"]
            self.decoder_embed = nn.Linear(width, inner)
            self.mask_token = nn.Parameter(torch.randn(1, 1, inner) * 0.02)
            self.decoder_pos_embed = nn.Parameter(torch.randn(1, 1 + PATCHES, inner) * 0.02, requires_grad=False)
            self.decoder_blocks = nn.ModuleList(Block(inner, DECODER["heads"], fused) for _ in range(decoder_depth))
            self.decoder_norm = nn.LayerNorm(inner, eps=1e-6)
            self.decoder_pred = nn.Linear(inner, PATCH * PATCH * CHANNELS)


def rows(table, index):
    """(1, L, D) or (N, L, D) at (N, K) -> (N, K, D)."""
    return table.expand(index.shape[0], -1, -1).gather(1, index.unsqueeze(-1).expand(-1, -1, table.shape[-1]))


def patches_of(images):
    """(N, 3, H, W) -> (N, L, p*p*3), channel fastest."""
    n = images.shape[0]
    cut = images.reshape(n, CHANNELS, GRID, PATCH, GRID, PATCH)
    return cut.permute(0, 2, 4, 3, 5, 1).reshape(n, PATCHES, -1)


def distance(projected, feature):
    return (F.normalize(projected, dim=-1) - F.normalize(feature, dim=-1)).abs().mean()


class Authors(nn.Module):
    """The work of the released method."""

    fused = False

    def __init__(self, models, visible, decoder_depth):
        super().__init__()
        student, teacher, self.student_block, self.teacher_block = MODELS[models]
        self.visible = visible
        self.student = Mae(**student, decoder_depth=decoder_depth, fused=False)
        self.teacher = Mae(**teacher, decoder_depth=TEACHER_DECODER_DEPTH, fused=False).requires_grad_(False)
        self.head = nn.Linear(student["width"], teacher["width"])

    def whole(self, model, images, noise, aligned):
        embedded = model.patch_embed["proj"](images).flatten(2).transpose(1, 2) + model.pos_embed[:, 1:]
        shuffle = noise.argsort(dim=1)
        restore = shuffle.argsort(dim=1)
        x = torch.cat([(model.cls_token + model.pos_embed[:, :1]).expand(len(images), -1, -1),
                       rows(embedded, shuffle[:, :self.visible])], dim=1)
        mask = torch.ones_like(noise)
        mask[:, :self.visible] = 0
        mask = mask.gather(1, restore)
        feature = x
        for index, block in enumerate(model.blocks):
            x = block(x)
            if index == aligned:
                feature = x
        x = model.decoder_embed(model.norm(x))
        hidden = model.mask_token.expand(len(images), PATCHES - self.visible, -1)
        x = torch.cat([x[:, :1], rows(torch.cat([x[:, 1:], hidden], dim=1), restore)], dim=1) + model.decoder_pos_embed
        for block in model.decoder_blocks:
            x = block(x)
        return feature, model.decoder_pred(model.decoder_norm(x))[:, 1:], mask

    def forward(self, pixels, noise):
        images = pixels.permute(0, 3, 1, 2).float().div(255)
        images = (images - images.new_tensor(MEAN).view(-1, 1, 1)) / images.new_tensor(STD).view(-1, 1, 1)
        with torch.no_grad():
            wanted, _, _ = self.whole(self.teacher, images, noise, self.teacher_block)
        feature, predicted, mask = self.whole(self.student, images, noise, self.student_block)
        errors = (predicted.float() - patches_of(images)).square().mean(dim=-1)
        return (errors * mask).sum() / mask.sum() + distance(self.head(feature), wanted)


class Lean(nn.Module):
    """The same losses, and nothing that they do not use."""

    fused = True

    def __init__(self, models, visible, decoder_depth):
        super().__init__()
        student, teacher, self.student_block, teacher_block = MODELS[models]
        self.visible = visible
        self.student = Mae(**student, decoder_depth=decoder_depth, fused=True)
        self.teacher = Mae(**teacher | {"depth": teacher_block + 1}, decoder_depth=0, fused=True).requires_grad_(False)
        self.head = nn.Linear(student["width"], teacher["width"])

    def embed(self, model, seen, shuffle):
        weight = model.patch_embed["proj"].weight.permute(0, 2, 3, 1).flatten(1)
        x = F.linear(seen, weight, model.patch_embed["proj"].bias) + rows(model.pos_embed[:, 1:], shuffle[:, :self.visible])
        return torch.cat([(model.cls_token + model.pos_embed[:, :1]).expand(len(x), -1, -1), x], dim=1)

    def decode(self, x, shuffle):
        student = self.student
        hidden = student.mask_token.expand(len(x), PATCHES - self.visible, -1)
        x = torch.cat([student.decoder_embed(student.norm(x)), hidden], dim=1)
        x = x + torch.cat([student.decoder_pos_embed[:, :1].expand(len(x), -1, -1),
                           rows(student.decoder_pos_embed[:, 1:], shuffle)], dim=1)
        for block in student.decoder_blocks[:-1]:
            x = block(x)
        x = student.decoder_blocks[-1](x, 1 + self.visible)
        return student.decoder_pred(student.decoder_norm(x))

    def forward(self, pixels, noise):
        shuffle = noise.argsort(dim=1)
        cut = pixels.reshape(len(pixels), GRID, PATCH, GRID, PATCH, CHANNELS).permute(0, 1, 3, 2, 4, 5)
        cut = rows(cut.reshape(len(pixels), PATCHES, -1), shuffle).float()
        mean = torch.tensor(MEAN, device=cut.device).repeat(PATCH * PATCH) * 255
        std = torch.tensor(STD, device=cut.device).repeat(PATCH * PATCH) * 255
        cut = (cut - mean) / std
        seen, target = cut[:, :self.visible], cut[:, self.visible:]
        with torch.no_grad():
            wanted = self.embed(self.teacher, seen, shuffle)
            for block in self.teacher.blocks:
                wanted = block(wanted)
        x = self.embed(self.student, seen, shuffle)
        feature = x
        for index, block in enumerate(self.student.blocks):
            x = block(x)
            if index == self.student_block:
                feature = x
        return F.mse_loss(self.decode(x, shuffle).float(), target) + distance(self.head(feature), wanted)


def optimizer(model):
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [dict(params=[p for p in parameters if p.ndim > 1], weight_decay=0.05),
              dict(params=[p for p in parameters if p.ndim <= 1], weight_decay=0.0)]
    return torch.optim.AdamW(groups, lr=1e-5, betas=(0.9, 0.95), fused=model.fused, foreach=False)


def training_step(case, device):
    model = dict(authors=Authors, lean=Lean)[case["contestant"]](case["models"], case["visible"], case["decoder"]).to(device)
    adamw = optimizer(model)
    if case.get("compiled"):
        model = torch.compile(model)
    batches = [(torch.randint(0, 256, (case["batch"], IMAGE, IMAGE, CHANNELS), dtype=torch.uint8), torch.rand(case["batch"], PATCHES))
               for _ in range(2)]
    turn = 0

    def step():
        nonlocal turn
        pixels, noise = (each.to(device) for each in batches[turn % len(batches)])
        turn += 1
        with torch.autocast(device.type, torch.bfloat16, enabled=case["precision"] == "bfloat16"):
            loss = model(pixels, noise)
        loss.backward()
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        return loss.item()

    return step


def matrix_products(case, device):
    """The lean step's products of weights and tokens, forward and backward, on tensors that lie ready."""
    dtype = getattr(torch, case["precision"])
    operands = {}
    shapes = [tuple(shape) for shape in case["products"]]
    for m, k, n, _ in shapes:
        operands[m, k, n] = torch.randn(m, k, device=device).to(dtype), torch.randn(k, n, device=device).to(dtype)

    def step():
        for m, k, n, times in shapes:
            a, b = operands[m, k, n]
            for _ in range(times):
                torch.mm(a, b)
        if device.type == "cuda":
            torch.cuda.synchronize()
        return 0.0

    return step


def main():
    case = contestant.case()
    torch.set_num_threads(case["threads"])
    torch.manual_seed(0)
    device = torch.device(case["device"])
    if case["contestant"] == "program":
        import program_step
        step = program_step.training_step(case, device)
    else:
        step = (matrix_products if case["contestant"] == "products" else training_step)(case, device)

    def work():
        loss = step()
        if not math.isfinite(loss):
            raise SystemExit("the step came to a loss of %s" % loss)

    contestant.serve("PyTorch %s, %d threads" % (torch.__version__, torch.get_num_threads()), work)


if __name__ == "__main__":
    main()
