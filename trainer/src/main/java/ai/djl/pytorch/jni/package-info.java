/**
 * Access to DJL's native bindings. The code is in DJL's package, because the bindings are visible in this package only; this works on
 * the class path, not on the module path. {@link retort.trainer.engine.Program} calls it on the engine's thread.
 */
@org.jspecify.annotations.NullMarked
package ai.djl.pytorch.jni;
