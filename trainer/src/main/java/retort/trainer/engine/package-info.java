@org.jspecify.annotations.NullMarked
package retort.trainer.engine;
