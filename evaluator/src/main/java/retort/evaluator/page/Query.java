package retort.evaluator.page;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The parameters of a request. A parameter that is unknown, comes twice or has a wrong value is refused with a sentence. */
final class Query {
    private static final int MOST_PARAMETERS = 16;

    private final Map<String, List<String>> parameters;

    /** A parameter is wrong. The message is a sentence. */
    static final class BadParameterException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BadParameterException(String sentence) {
            super(sentence);
        }
    }

    private Query(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /** @throws BadParameterException if the percent-encoding is broken */
    static Query of(String uri) {
        try {
            return new Query(new QueryStringDecoder(uri, java.nio.charset.StandardCharsets.UTF_8, true, MOST_PARAMETERS)
                    .parameters());
        } catch (IllegalArgumentException e) {
            throw new BadParameterException("the query is not percent-encoded");
        }
    }

    /** @throws BadParameterException if there is a parameter outside {@code known} */
    Query only(Set<String> known) {
        for (final Map.Entry<String, List<String>> each : parameters.entrySet()) {
            if (!known.contains(each.getKey()))
                throw new BadParameterException(
                        "unknown parameter " + each.getKey() + ": known here are " + new TreeSet<>(known));
            if (each.getValue().size() > 1)
                throw new BadParameterException("parameter " + each.getKey() + " is given " + each.getValue().size() + " times");
        }
        return this;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
    }

    String required(String name) {
        return text(name).orElseThrow(() -> new BadParameterException("parameter " + name + " is missing"));
    }

    /** @param otherwise the value of an absent parameter */
    long number(String name, long least, long most, long otherwise) {
        final Optional<String> given = text(name);
        if (given.isEmpty())
            return otherwise;
        final String text = given.get();
        final long value = text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
        if (value < least || value > most)
            throw new BadParameterException("parameter " + name + " = " + text + ": must be " + least + " to " + most);
        return value;
    }
}
