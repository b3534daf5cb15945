@org.jspecify.annotations.NullMarked
package retort.compose;
