package retort.trainer.pretrained;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A convention of names for the tensors of a vision transformer, with rules that translate them to timm's names. Any thread. */
enum Family {
    /** timm's names. MAE, DeiT, DINO, DINOv2, MoCo-v3, iBOT and EVA use them too. */
    TIMM("patch_embed.proj.weight", OptionalDouble.empty(), Map.ofEntries(
            Map.entry("register_tokens", "reg_token"),
            Map.entry("(blocks\\.\\d+)\\.gamma_([12])", "$1.ls$2.gamma"),
            Map.entry("blocks\\.\\d+\\.(\\d+)\\.(.*)", "blocks.$1.$2"))), // DINOv2 trains its blocks in chunks
    /** Hugging Face's ViT, ViTMAE, DeiT and DINOv2. Their code has an epsilon of 1e-12 unless config.json has another one. */
    HUGGING_FACE("embeddings.patch_embeddings.projection.weight", OptionalDouble.of(1e-12), Map.ofEntries(
            Map.entry("embeddings\\.(cls_token|mask_token)", "$1"),
            Map.entry("embeddings\\.position_embeddings", "pos_embed"),
            Map.entry("embeddings\\.distillation_token", "dist_token"),
            Map.entry("embeddings\\.register_tokens", "reg_token"),
            Map.entry("embeddings\\.patch_embeddings\\.projection\\.(.*)", "patch_embed.proj.$1"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.attention\\.attention\\.(q)uery\\.(.*)", "blocks.$1.attn.$2.$3"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.attention\\.attention\\.(k)ey\\.(.*)", "blocks.$1.attn.$2.$3"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.attention\\.attention\\.(v)alue\\.(.*)", "blocks.$1.attn.$2.$3"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.attention\\.output\\.dense\\.(.*)", "blocks.$1.attn.proj.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.intermediate\\.dense\\.(.*)", "blocks.$1.mlp.fc1.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.output\\.dense\\.(.*)", "blocks.$1.mlp.fc2.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.(mlp\\.fc[12]|norm[12])\\.(.*)", "blocks.$1.$2.$3"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.mlp\\.weights_in\\.(.*)", "blocks.$1.mlp.w12.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.mlp\\.weights_out\\.(.*)", "blocks.$1.mlp.w3.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.layernorm_before\\.(.*)", "blocks.$1.norm1.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.layernorm_after\\.(.*)", "blocks.$1.norm2.$2"),
            Map.entry("encoder\\.layer\\.(\\d+)\\.layer_scale([12])\\.lambda1", "blocks.$1.ls$2.gamma"),
            Map.entry("layernorm\\.(.*)", "norm.$1"))),
    /** The image half of Hugging Face's CLIP. */
    HUGGING_FACE_CLIP("embeddings.patch_embedding.weight", OptionalDouble.of(1e-5), Map.ofEntries(
            Map.entry("embeddings\\.class_embedding", "cls_token"),
            Map.entry("embeddings\\.position_embedding\\.weight", "pos_embed"),
            Map.entry("embeddings\\.patch_embedding\\.(.*)", "patch_embed.proj.$1"),
            Map.entry("pre_layrnorm\\.(.*)", "norm_pre.$1"), // the misspelling is Hugging Face's
            Map.entry("post_layernorm\\.(.*)", "norm.$1"),
            Map.entry("encoder\\.layers\\.(\\d+)\\.layer_norm([12])\\.(.*)", "blocks.$1.norm$2.$3"),
            Map.entry("encoder\\.layers\\.(\\d+)\\.self_attn\\.([qkv])_proj\\.(.*)", "blocks.$1.attn.$2.$3"),
            Map.entry("encoder\\.layers\\.(\\d+)\\.self_attn\\.out_proj\\.(.*)", "blocks.$1.attn.proj.$2"),
            Map.entry("encoder\\.layers\\.(\\d+)\\.mlp\\.(fc[12])\\.(.*)", "blocks.$1.mlp.$2.$3"))),
    /** The image half of OpenAI's CLIP and of open_clip. */
    CLIP("conv1.weight", OptionalDouble.of(1e-5), Map.ofEntries(
            Map.entry("class_embedding", "cls_token"),
            Map.entry("positional_embedding", "pos_embed"),
            Map.entry("conv1\\.(.*)", "patch_embed.proj.$1"),
            Map.entry("ln_pre\\.(.*)", "norm_pre.$1"),
            Map.entry("ln_post\\.(.*)", "norm.$1"),
            Map.entry("proj", "head.proj"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.ln_([12])\\.(.*)", "blocks.$1.norm$2.$3"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.ls_([12])\\.gamma", "blocks.$1.ls$2.gamma"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.attn\\.in_proj_(weight|bias)", "blocks.$1.attn.qkv.$2"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.attn\\.out_proj\\.(.*)", "blocks.$1.attn.proj.$2"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.mlp\\.c_fc\\.(.*)", "blocks.$1.mlp.fc1.$2"),
            Map.entry("transformer\\.resblocks\\.(\\d+)\\.mlp\\.c_proj\\.(.*)", "blocks.$1.mlp.fc2.$2")));

    private record Rule(Pattern name, String timm) {
    }

    private final String anchor;
    private final OptionalDouble epsilon;
    @SuppressWarnings("ImmutableEnumChecker") // made by toList() and never changed
    private final List<Rule> rules;

    Family(String anchor, OptionalDouble epsilon, Map<String, String> rules) {
        this.anchor = anchor;
        this.epsilon = epsilon;
        this.rules = rules.entrySet().stream().map(rule -> new Rule(Pattern.compile(rule.getKey()), rule.getValue())).toList();
    }

    /** The name of the kernel of the patch embedding. Every model of the family has exactly one. */
    String anchor() {
        return anchor;
    }

    /** The epsilon of the LayerNorms; empty if the code of the library does not fix it. */
    OptionalDouble epsilon() {
        return epsilon;
    }

    /** timm's name for {@code name}. Without a rule it is {@code name} itself, so that messages use the name in the file. */
    String timm(String name) {
        for (final Rule rule : rules) {
            final Matcher matcher = rule.name().matcher(name);
            if (matcher.matches())
                return matcher.replaceFirst(rule.timm());
        }
        return name;
    }
}
