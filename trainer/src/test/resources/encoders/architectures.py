"""Makes retort/trainer/pretrained/timm.tsv: what the tensors of timm's vision transformers do not tell, by timm's name of the architecture.

    python architectures.py FILE     torch 2.7.1, timm 1.0.31

The file lists the architectures whose tensors have the names that Retort's encoder takes. Columns: name, width, heads, activation, epsilon of
the norms inside of the blocks, and the reason why it cannot be computed (or -).
"""
import re, sys, warnings
import timm, torch

warnings.filterwarnings("ignore")
TAKEN = [r"(head|fc|norm|fc_norm|head_dist|pre_logits)\b.*", "mask_token", "cls_token", "reg_token", "dist_token", "pos_embed",
         r"patch_embed\.proj\..*", r"norm_pre\..*", r"blocks\.\d+\.norm[12]\..*", r"blocks\.\d+\.attn\.(qkv|proj|q|k|v|q_norm|k_norm)\..*",
         r"blocks\.\d+\.attn\.[qv]_bias", r"blocks\.\d+\.(ls[12]\.gamma|gamma_[12])", r"blocks\.\d+\.mlp\.(fc[12]|w12|w3)\..*"]
ACTIVATIONS = {"GELU": "gelu", "QuickGELU": "quick_gelu", "GELUTanh": "gelu_pytorch_tanh", "SiLU": "silu"}
rows = []
for name in timm.list_models():
    if not re.match(r"(vit|deit|beit|eva|flexi|samvit|aim|test_vit|dino|pe_|cait|xcit)", name):
        continue
    with torch.device("meta"):
        model = timm.create_model(name, num_classes=0)
    tensors = model.state_dict()
    if "pos_embed" not in tensors or "blocks.0.norm1.bias" not in tensors \
            or not all(any(re.fullmatch(p, t) for p in TAKEN) for t in tensors):
        continue
    block = model.blocks[0]
    reason = "-"
    if getattr(model, "rope", None) is not None:
        reason = "rotary positions, which no tensor holds"
    elif type(block).__name__ not in ("Block", "EvaBlock"):
        reason = "blocks that normalise after attention and MLP"
    activation, = {ACTIVATIONS[type(m).__name__] for m in block.mlp.modules() if type(m).__name__ in ACTIVATIONS}
    rows.append((name, model.num_features, block.attn.num_heads, activation, f"{block.norm1.eps:g}", reason))
with open(sys.argv[1], "w") as out:
    out.write("# Made by encoders/architectures.py in the test resources, from timm 1.0.31.\n")
    out.writelines("\t".join(map(str, row)) + "\n" for row in sorted(rows))
print(len(rows), "architectures")
