/** The rights that each service needs on a broker with an authorizer, and the command that grants them. Used on the main thread alone. */
@org.jspecify.annotations.NullMarked
package retort.compose.rights;
