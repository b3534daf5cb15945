"""Loads exports with timm and transformers and compares what they compute with the stored values.

    python check_export.py MANIFEST     torch 2.7.1, timm 1.0.31, transformers 4.57.1

Each line of MANIFEST is a JSON object: `name`; `library`; `loading`, the expression that loads the folder; `expected`, the file with images
and values (see make.py); and for timm `expression` and `single`, a model and a file that it loads strictly. Every model prints its name and the
largest deviation from the expected values, relative to the largest of them, computed in float64.
"""
import json, sys
import safetensors.torch, timm, torch, transformers
from safetensors.torch import load_file


def deviation(model, blocks, answer, expected, extra, class_token):
    kept = {}
    hooks = [block.register_forward_hook(lambda m, i, o, b=b: kept.update({b: o[0] if isinstance(o, tuple) else o}))
             for b, block in enumerate(blocks)]
    with torch.no_grad():
        logits = answer(model)
    for hook in hooks:
        hook.remove()
    worst = 0.0
    for b in range(len(blocks)):
        if f"features.{b}" in expected:
            got = torch.cat([kept[b][:, :class_token], kept[b][:, class_token + extra:]], 1)
            worst = max(worst, ((got - expected[f"features.{b}"]).abs().max() / expected[f"features.{b}"].abs().max()).item())
    if "logits" in expected:
        worst = max(worst, ((logits - expected["logits"]).abs().max() / expected["logits"].abs().max()).item())
    return worst


def with_timm(case, images, expected):
    single = eval(case["expression"])
    single.load_state_dict(load_file(case["single"]), strict=True)
    worst = 0.0
    for model in (eval(case["loading"]), single):
        model = model.double().eval()
        worst = max(worst, deviation(model, model.blocks, lambda m: m(images), expected, getattr(model, "num_reg_tokens", 0),
                                     1 if model.cls_token is not None else 0))
    return worst


def with_transformers(case, images, expected):
    kind = case["loading"].split(".")[1]
    arguments = {"add_pooling_layer": False} if kind == "ViTModel" else {}
    model, info = getattr(transformers, kind).from_pretrained(case["folder"], output_loading_info=True, **arguments)
    assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"], info
    model = model.double().eval()
    if kind == "ViTMAEForPreTraining":
        model.config.mask_ratio = 0.0
        order = torch.arange(float(model.vit.embeddings.num_patches)).expand(len(images), -1)
        answer = lambda m: m.vit(pixel_values=images, noise=order) and None
        encoder = model.vit
    else:
        answer = lambda m: getattr(m(pixel_values=images), "logits", None)
        encoder = model.vit if hasattr(model, "vit") else model
    return deviation(model, encoder.encoder.layer, answer, expected, 0, 1)


for line in open(sys.argv[1]):
    case = json.loads(line)
    expected = load_file(case["expected"])
    images = expected["images"].double().permute(0, 3, 1, 2)
    check = with_timm if case["library"] == "timm" else with_transformers
    print(case["library"], case["name"], f"{check(case, images, expected):.1e}", flush=True)
