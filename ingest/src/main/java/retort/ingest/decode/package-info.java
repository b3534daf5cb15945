@org.jspecify.annotations.NullMarked
package retort.ingest.decode;
