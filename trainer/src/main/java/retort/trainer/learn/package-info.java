/**
 * Training and inference of a model on the device. {@link retort.trainer.learn.Learner} takes optimiser steps for any
 * {@link retort.trainer.learn.Objective}; {@link retort.trainer.learn.Encoder} computes features without gradients. Both run on the
 * engine's thread only and own native memory until they are closed. Records of settings are immutable and may be used on any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.learn;
