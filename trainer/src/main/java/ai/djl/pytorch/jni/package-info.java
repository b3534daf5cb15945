/**
 * One door into DJL: its native bindings are visible inside their own package only (class path, not module path). Called by
 * {@link retort.trainer.engine.Program} on the engine's thread.
 */
@org.jspecify.annotations.NullMarked
package ai.djl.pytorch.jni;
