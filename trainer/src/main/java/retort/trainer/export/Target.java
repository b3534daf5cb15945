package retort.trainer.export;

/** The libraries that an export is written for. */
public enum Target {
    /** timm's VisionTransformer. */
    TIMM("timm"),
    /** ViTModel of transformers, or ViTForImageClassification if there is a head. */
    TRANSFORMERS("transformers"),
    /** ViTMAEForPreTraining of transformers: encoder and decoder. */
    TRANSFORMERS_MAE("transformers-mae");

    private final String name;

    Target(String name) {
        this.name = name;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name;
    }
}
