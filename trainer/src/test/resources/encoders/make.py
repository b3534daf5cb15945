"""Makes the files of this folder: encoders of other makes with random weights, and what PyTorch computes with them in float64.

    python make.py FOLDER     torch 2.7.1, timm 1.0.31, transformers 4.57.1

NAME.safetensors (or .pth) holds the weights as their library saves them, in float32. NAME.expected.safetensors holds `images`
(N, H, W, 3) float32, already normalised; `features.B` (N, T, D), the output of block B with the class token first where there is
one and then the patches, without any other token; and `tokens` (N, T, D), the same after the final norm where the library has one.
Every parameter is random, biases and norms too, so that nothing passes unnoticed.
"""
import sys, json, os, collections
import torch, timm
from timm.models.vision_transformer import VisionTransformer
from timm.models.deit import VisionTransformerDistilled
from timm.models.eva import Eva
from timm.layers import SwiGLUPacked, Mlp, get_act_layer
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(12)
torch.set_default_dtype(torch.float64)
SIZE = dict(img_size=32, patch_size=8, embed_dim=16, depth=2, num_heads=2, num_classes=0)


def randomise(model):
    for name, p in model.named_parameters():
        if p.dim() == 1 and ("norm" in name or "gamma" in name or "ln_" in name or "lambda" in name):
            p.data = torch.randn_like(p) * 0.3 + (1.0 if name.endswith("weight") or "gamma" in name or "lambda" in name else 0.0)
        elif p.dim() == 1:
            p.data = torch.randn_like(p) * 0.2
        elif p.dim() >= 2 and "token" not in name and "pos" not in name:
            p.data = torch.randn_like(p) * (1.0 / (p[0].numel() ** 0.5))
        else:
            p.data = torch.randn_like(p) * 0.3
        p.data = p.data.float().double()  # what the file holds is what is computed with
    return model.eval()


def images(side):
    return torch.randn(2, 3, side, side).float().double()


def save(name, weights, expected, **notes):
    save_file({k: v.detach().contiguous().float().clone() if v.is_floating_point() else v.clone() for k, v in weights.items()},
              f"{out}/{name}.safetensors")
    save_expected(name, expected)


def save_expected(name, expected):
    x = expected.pop("images")
    tensors = {"images": x.permute(0, 2, 3, 1).contiguous().float()}
    tensors.update({k: v.detach().contiguous() for k, v in expected.items()})
    save_file(tensors, f"{out}/{name}.expected.safetensors")


def run_timm(name, model, extra=0, cls=True, blocks=(0, 1), weights=None, rename=None):
    """extra: tokens between the class token and the patches."""
    randomise(model)
    x = images(model.patch_embed.img_size[0])
    kept = {}
    hooks = [model.blocks[b].register_forward_hook(lambda m, i, o, b=b: kept.update({f"features.{b}": o})) for b in blocks]
    tokens = model.forward_features(x)
    for h in hooks:
        h.remove()
    def chosen(t):
        c = 1 if cls else 0
        return torch.cat([t[:, :c], t[:, c + extra:]], 1)
    expected = {"images": x, **{k: chosen(v) for k, v in kept.items()}, "tokens": chosen(tokens)}
    state = model.state_dict()
    if rename:
        state = rename(state)
    save(name, state, expected)
    return model


def dinov2_names(state):
    """As the hub's files have them: registers by their own name, positions with a row for the class token, w12 and w3, a mask token."""
    renamed = {}
    for k, v in state.items():
        k = k.replace("reg_token", "register_tokens").replace("mlp.fc1", "mlp.w12").replace("mlp.fc2", "mlp.w3")
        renamed[k] = v
    d = state["cls_token"].shape[-1]
    row = torch.randn(1, 1, d).float().double()
    renamed["pos_embed"] = torch.cat([row, state["pos_embed"]], 1)
    renamed["cls_token"] = state["cls_token"] - row
    renamed["mask_token"] = torch.randn(1, d)
    return renamed


run_timm("plain", VisionTransformer(**SIZE))
run_timm("layer-scale", VisionTransformer(**SIZE, init_values=1e-5))
run_timm("qk-norm", VisionTransformer(**SIZE, qk_norm=True))
run_timm("registers", VisionTransformer(**SIZE, init_values=1e-5, reg_tokens=4, no_embed_class=True), extra=4)
run_timm("registers-with-positions", VisionTransformer(**SIZE, reg_tokens=3), extra=3)
run_timm("swiglu", VisionTransformer(**SIZE, init_values=1e-5, mlp_ratio=5.5, mlp_layer=SwiGLUPacked, act_layer=torch.nn.SiLU))
run_timm("dinov2-giant", VisionTransformer(**SIZE, init_values=1e-5, reg_tokens=4, no_embed_class=True, mlp_ratio=5.5,
                                           mlp_layer=SwiGLUPacked, act_layer=torch.nn.SiLU), extra=4, rename=dinov2_names)
run_timm("no-qkv-bias", VisionTransformer(**SIZE, qkv_bias=False))
run_timm("no-proj-bias", VisionTransformer(**SIZE, qkv_bias=False, proj_bias=False))
run_timm("no-class-token", VisionTransformer(**SIZE, class_token=False, global_pool="avg"), cls=False)
run_timm("no-class-token-registers", VisionTransformer(**SIZE, class_token=False, reg_tokens=4, no_embed_class=True,
                                                       global_pool="avg"), extra=4, cls=False)
run_timm("deit-distilled", VisionTransformerDistilled(**SIZE), extra=1)
run_timm("deit3", VisionTransformer(**SIZE, no_embed_class=True, init_values=1e-6))
run_timm("clip", VisionTransformer(**SIZE, pre_norm=True, norm_layer=torch.nn.LayerNorm))
run_timm("clip-quick", VisionTransformer(**SIZE, pre_norm=True, norm_layer=torch.nn.LayerNorm, act_layer=get_act_layer("quick_gelu")))
run_timm("patch-14", VisionTransformer(**{**SIZE, "patch_size": 14, "img_size": 42}, mlp_ratio=3))
run_timm("eva", Eva(**SIZE, use_rot_pos_emb=False, use_abs_pos_emb=True, qkv_fused=True, mlp_ratio=6144 / 1408))

# timm's own logits of classifiers: the head after fc_norm, and after norm.
for name, kwargs in (("logits-avg", dict(global_pool="avg", class_token=False)), ("logits-token", dict(init_values=1e-5, reg_tokens=2))):
    model = randomise(VisionTransformer(**{**SIZE, "num_classes": 5}, **kwargs))
    x = images(32)
    save(name, model.state_dict(), {"images": x, "logits": model(x)})

# Refused by name: each has a part that no place here computes.
refused = {
    "rotary": Eva(**SIZE, use_rot_pos_emb=True, use_abs_pos_emb=True, qkv_fused=True, rope_type="mixed"),
    "beit": timm.models.beit.Beit(**SIZE, use_abs_pos_emb=False, use_rel_pos_bias=True),
    "beit-shared": timm.models.beit.Beit(**SIZE, use_abs_pos_emb=True, use_shared_rel_pos_bias=True),
    "eva02": Eva(**SIZE, use_rot_pos_emb=False, use_abs_pos_emb=True, qkv_fused=False, swiglu_mlp=True, scale_mlp=True),
    "attention-norm": VisionTransformer(**SIZE, scale_attn_norm=True),
    "mlp-norm": VisionTransformer(**SIZE, scale_mlp_norm=True),
    "rms-norm": VisionTransformer(**SIZE, norm_layer="rmsnorm"),
    "embed-norm": VisionTransformer(**SIZE, embed_norm_layer="layernorm"),
}
for name, model in refused.items():
    randomise(model)
    save_file({k: v.detach().contiguous().float().clone() if v.is_floating_point() else v.clone() for k, v in model.state_dict().items()},
              f"{out}/refused-{name}.safetensors")

from transformers import (ViTConfig, ViTModel, ViTForImageClassification, ViTMAEConfig, ViTMAEForPreTraining, DeiTConfig, DeiTModel,
                          Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, CLIPConfig, CLIPModel)

HF = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8)


def hidden(encoder, layers, **inputs):
    """Outputs of the layers; hidden_states would have the last one after the final norm."""
    kept = []
    hooks = [layer.register_forward_hook(lambda m, i, o: kept.append(o[0] if isinstance(o, tuple) else o)) for layer in layers]
    with torch.no_grad():
        encoder(**inputs)
    for h in hooks:
        h.remove()
    return kept


def run_hf(name, model, encoder, extra=0, layers=lambda e: e.encoder.layer):
    randomise(model)
    x = images(32)
    kept = hidden(encoder(model), layers(encoder(model)), pixel_values=x)
    expected = {f"features.{b}": torch.cat([t[:, :1], t[:, 1 + extra:]], 1) for b, t in enumerate(kept)}
    save(name, model.state_dict(), {"images": x, **expected})


run_hf("hf-vit", ViTForImageClassification(ViTConfig(**HF, intermediate_size=64, num_labels=5)), lambda m: m.vit)
mae = ViTMAEForPreTraining(ViTMAEConfig(**HF, intermediate_size=64, mask_ratio=0.0, decoder_hidden_size=16, decoder_num_hidden_layers=1,
                                        decoder_num_attention_heads=2, decoder_intermediate_size=32))
randomise(mae)
x = images(32)
kept = hidden(mae.vit, mae.vit.encoder.layer, pixel_values=x, noise=torch.arange(16.0).expand(2, 16))
save("hf-vit-mae", mae.state_dict(), {"images": x, **{f"features.{b}": t for b, t in enumerate(kept)}})
run_hf("hf-deit", DeiTModel(DeiTConfig(**HF, intermediate_size=64)), lambda m: m, extra=1)
run_hf("hf-dinov2", Dinov2Model(Dinov2Config(**HF, mlp_ratio=4)), lambda m: m)
run_hf("hf-dinov2-swiglu", Dinov2Model(Dinov2Config(**HF, mlp_ratio=4, use_swiglu_ffn=True)), lambda m: m)
run_hf("hf-dinov2-registers", Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**HF, mlp_ratio=4, num_register_tokens=4)), lambda m: m,
       extra=4)
run_hf("hf-clip", CLIPModel(CLIPConfig(vision_config=dict(**HF, intermediate_size=64, hidden_act="quick_gelu"),
                                       text_config=dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
                                                        vocab_size=30), projection_dim=8)), lambda m: m.vision_model, layers=lambda e: e.encoder.layers)

# A SigLIP without its attention pooling, as timm and Hugging Face have it; DINOv2's names as its training writes them, in chunks of blocks;
# the types that files are saved in.
from transformers import SiglipVisionConfig, SiglipVisionModel, IJepaConfig, IJepaModel, ViTMSNConfig, ViTMSNModel
run_timm("siglip-gap", VisionTransformer(**SIZE, class_token=False, global_pool="avg", fc_norm=False, act_layer=get_act_layer("gelu_tanh")),
         cls=False)
siglip = randomise(SiglipVisionModel(SiglipVisionConfig(**HF, intermediate_size=64)))
x = images(32)
kept = hidden(siglip, siglip.vision_model.encoder.layers, pixel_values=x)
save("hf-siglip", siglip.state_dict(), {"images": x, **{f"features.{b}": t for b, t in enumerate(kept)}})
run_timm("dinov2-chunks", VisionTransformer(**SIZE, init_values=1e-5),
         rename=lambda state: {k.replace("blocks.", "blocks.0.", 1) if k.startswith("blocks.") else k: v for k, v in state.items()})
ijepa = randomise(IJepaModel(IJepaConfig(**HF, intermediate_size=64)))
x = images(32)
kept = hidden(ijepa, ijepa.encoder.layer, pixel_values=x)
save("hf-ijepa", ijepa.state_dict(), {"images": x, **{f"features.{b}": t for b, t in enumerate(kept)}})
run_timm("deit3-gamma", VisionTransformer(**SIZE, no_embed_class=True, init_values=1e-6),
         rename=lambda state: {k.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): v for k, v in state.items()})


def run_narrow(name, dtype):
    """A file of bfloat16 or float16: computed with what the file holds."""
    model = randomise(VisionTransformer(**SIZE))
    for p in model.parameters():
        p.data = p.data.to(dtype).double()
    x = images(32)
    kept = {}
    for b in (0, 1):
        model.blocks[b].register_forward_hook(lambda m, i, o, b=b: kept.update({f"features.{b}": o}))
    tokens = model.forward_features(x)
    save_file({k: v.detach().contiguous().to(dtype) for k, v in model.state_dict().items()}, f"{out}/{name}.safetensors")
    save_expected(name, {"images": x, **kept, "tokens": tokens})


run_narrow("bfloat16", torch.bfloat16)
run_narrow("float16", torch.float16)

model = randomise(VisionTransformer(**{**SIZE, "num_classes": 5}))
x = images(32)
save("logits-plain", model.state_dict(), {"images": x, "logits": model(x)})

# Position tables of another grid, resized by timm.
from timm.layers import resample_abs_pos_embed
tables = {}
for before, after in ((5, 3), (4, 7), (16, 14), (37, 16)):
    table = torch.randn(1, 1 + before * before, 4).float()
    tables[f"{before}-{after}.table"] = table
    tables[f"{before}-{after}.timm"] = resample_abs_pos_embed(table.double(), [after, after], num_prefix_tokens=1).contiguous()
save_file(tables, f"{out}/positions.safetensors")

# Two architectures with the same tensors, of which one has a part that no tensor shows.
lookalikes = {
    "rpn": VisionTransformer(**SIZE, class_token=False, global_pool="avg", qkv_bias=False, block_fn=timm.models.vision_transformer.ResPostBlock),
    "rope-ape": Eva(**SIZE, use_rot_pos_emb=True, use_abs_pos_emb=True, no_embed_class=True, qkv_fused=True, attn_type="rope", init_values=1e-5),
    "eva02-packed": Eva(**SIZE, use_rot_pos_emb=True, qkv_fused=True, swiglu_mlp=True, mlp_ratio=4 * 2 / 3),
    "perception-spatial": Eva(**{**SIZE, "img_size": 256}, use_rot_pos_emb=True, qkv_fused=True, attn_type="rope",
                              use_pre_transformer_norm=True, use_post_transformer_norm=False, norm_layer=torch.nn.LayerNorm),
    "perception-lang": Eva(**SIZE, use_rot_pos_emb=True, qkv_fused=True, attn_type="rope", use_pre_transformer_norm=True,
                           use_post_transformer_norm=False, init_values=0.1, norm_layer=torch.nn.LayerNorm),
}
for name, model in lookalikes.items():
    randomise(model)
    save_file({k: v.detach().contiguous().float().clone() for k, v in model.state_dict().items()}, f"{out}/lookalike-{name}.safetensors")
json.dump({"torch": torch.__version__, "timm": timm.__version__}, open(f"{out}/versions.json", "w"))
