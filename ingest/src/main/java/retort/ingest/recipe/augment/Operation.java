package retort.ingest.recipe.augment;

import retort.ingest.recipe.resample.Filter;

/** timm's operations in timm's order, because a random draw selects an operation by its number. Levels run from 0 to 10. */
enum Operation {
    AUTO_CONTRAST {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            for (int c = 0; c < canvas.channels; c++) {
                final int[] counts = canvas.histogram(c);
                int low = 0;
                while (counts[low] == 0)
                    low++;
                int high = 255;
                while (counts[high] == 0)
                    high--;
                if (high <= low)
                    continue;
                final double scale = 255.0 / (high - low);
                final double offset = -low * scale;
                canvas.map(c, v -> Math.clamp((int) (v * scale + offset), 0, 255));
            }
        }
    },
    EQUALIZE {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            for (int c = 0; c < canvas.channels; c++) {
                final int[] counts = canvas.histogram(c);
                int last = 255;
                while (counts[last] == 0)
                    last--;
                final int step = (canvas.size * canvas.size - counts[last]) / 255;
                if (step == 0)
                    continue;
                final int[] table = new int[256];
                for (int v = 0, n = step / 2; v < 256; n += counts[v], v++)
                    table[v] = Math.min(255, n / step);
                canvas.map(c, v -> table[v]);
            }
        }
    },
    INVERT {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            canvas.map(v -> 255 - v);
        }
    },
    ROTATE {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            Affine.rotate(strength.signed(30), canvas.size).apply(canvas, filter);
        }
    },
    POSTERIZE {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            // If no bit is kept the image is black, as in Pillow when timm's policy was made. Later versions refuse it.
            final int dropped = 8 - strength.counted(4);
            canvas.map(v -> v >> dropped << dropped);
        }
    },
    SOLARIZE {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            final int threshold = strength.counted(256);
            canvas.map(v -> v < threshold ? v : 255 - v);
        }
    },
    SOLARIZE_ADD {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            final int add = (int) (strength.level() / 10 * 110);
            canvas.map(v -> v < 128 ? Math.min(255, v + add) : v);
        }
    },
    COLOR {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            for (int y = 0; y < canvas.size; y++)
                for (int x = 0; x < canvas.size; x++)
                    canvas.setAll(x, y, canvas.luma(x, y));
            canvas.blend(strength.factor());
        }
    },
    CONTRAST {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            long sum = 0;
            for (int y = 0; y < canvas.size; y++)
                for (int x = 0; x < canvas.size; x++)
                    sum += canvas.luma(x, y);
            canvas.setAll((int) ((double) sum / (canvas.size * canvas.size) + 0.5));
            canvas.blend(strength.factor());
        }
    },
    BRIGHTNESS {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            canvas.setAll(0);
            canvas.blend(strength.factor());
        }
    },
    SHARPNESS {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            final int last = canvas.size - 1;
            for (int y = 0; y <= last; y++)
                for (int x = 0; x <= last; x++)
                    for (int c = 0; c < canvas.channels; c++)
                        canvas.set(x, y, c, x == 0 || y == 0 || x == last || y == last
                                ? canvas.at(x, y, c)
                                : smooth(canvas, x, y, c));
            canvas.blend(strength.factor());
        }

        // A mean in thirteenths, rounded to nearest: the centre has weight five and each neighbour has weight one.
        private int smooth(Canvas canvas, int x, int y, int c) {
            int sum = 4 * canvas.at(x, y, c);
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    sum += canvas.at(x + dx, y + dy, c);
            return (2 * sum + 13) / 26;
        }
    },
    SHEAR_X {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            Affine.shearX(strength.signed(0.3)).apply(canvas, filter);
        }
    },
    SHEAR_Y {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            Affine.shearY(strength.signed(0.3)).apply(canvas, filter);
        }
    },
    TRANSLATE_X {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            Affine.translate(strength.signed(0.45) * canvas.size, 0).apply(canvas, filter);
        }
    },
    TRANSLATE_Y {
        @Override
        void apply(Canvas canvas, Strength strength, Filter filter) {
            Affine.translate(0, strength.signed(0.45) * canvas.size).apply(canvas, filter);
        }
    };

    abstract void apply(Canvas canvas, Strength strength, Filter filter);
}
