@org.jspecify.annotations.NullMarked
package retort.trainer.learn;
