"""Makes presets.tsv: SHA-256 of the names and shapes of the tensors of timm's models for Retort's presets.

    python presets.py FILE     torch 2.7.1, timm 1.0.31

Columns: Retort's preset, classes, pooling of timm, digest of the sorted lines "NAME SHAPE", such as "cls_token 1x1x192".
"""
import hashlib, sys
import timm, torch

PRESETS = {"vit_tiny_patch16": 224, "vit_small_patch16": 224, "vit_base_patch16": 224, "vit_large_patch16": 224, "vit_huge_patch14": 224}
with open(sys.argv[1], "w") as out:
    for preset, image in PRESETS.items():
        for classes, pool in ((0, "token"), (10, "token"), (10, "avg")):
            with torch.device("meta"):
                model = timm.create_model(f"{preset}_{image}", num_classes=classes, global_pool=pool)
            lines = sorted(f"{name} {'x'.join(map(str, tensor.shape))}\n" for name, tensor in model.state_dict().items())
            out.write("\t".join((preset, str(classes), pool, hashlib.sha256("".join(lines).encode()).hexdigest())) + "\n")
