@org.jspecify.annotations.NullMarked
package retort.evaluator;
