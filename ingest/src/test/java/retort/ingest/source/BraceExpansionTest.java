package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with Python's braceexpand 0.1.7. Each row is a pattern and the result of {@code " ".join(braceexpand(pattern))}. */
class BraceExpansionTest {
    @ParameterizedTest
    @MethodSource
    void expandsAsPythonDoes(String pattern, String expected) throws Exception {
        assertThat(BraceExpansion.of(pattern, 1000, true)).containsExactly(expected.split(" ", -1));
    }

    static Stream<Arguments> expandsAsPythonDoes() {
        return Stream.of(
                arguments("s-{0..10}.tar",
                        "s-0.tar s-1.tar s-2.tar s-3.tar s-4.tar s-5.tar s-6.tar s-7.tar s-8.tar s-9.tar s-10.tar"),
                arguments("s-{00..10}.tar",
                        "s-00.tar s-01.tar s-02.tar s-03.tar s-04.tar s-05.tar s-06.tar s-07.tar s-08.tar s-09.tar s-10.tar"),
                arguments("s-{000..010..5}.tar", "s-000.tar s-005.tar s-010.tar"),
                arguments("{10..8}", "10 9 8"),
                arguments("{1..10..3}", "1 4 7 10"),
                arguments("{10..1..4}", "10 6 2"),
                arguments("{-2..2}", "-2 -1 0 1 2"),
                arguments("{-02..2}", "-02 -01 000 001 002"),
                arguments("{2..-2}", "2 1 0 -1 -2"),
                arguments("{a..e}", "a b c d e"),
                arguments("{e..a}", "e d c b a"),
                arguments("{a..e..2}", "a c e"),
                arguments("{A..C}", "A B C"),
                arguments("{a,b}", "a b"),
                arguments("{a,b,c}.tar", "a.tar b.tar c.tar"),
                arguments("{a,{b,c}}x", "ax bx cx"),
                arguments("{{1..3},{a..c}}", "1 2 3 a b c"),
                arguments("pre{a,b{1..2}}post", "preapost preb1post preb2post"),
                arguments("{a}", "{a}"),
                arguments("{}", "{}"),
                arguments("{,a}", " a"),
                arguments("{a,}", "a "),
                arguments("{a,,b}", "a  b"),
                arguments("a{b,c}d{e,f}", "abde abdf acde acdf"),
                arguments("{1..3}{a,b}", "1a 1b 2a 2b 3a 3b"),
                arguments("\\{a,b\\}", "{a,b}"),
                arguments("a\\,b", "a,b"),
                arguments("{a\\,b,c}", "a,b c"),
                arguments("{1..2..0}", "1 2"),
                arguments("{1..3..-1}", "1 2 3"),
                arguments("{01..3}", "01 02 03"),
                arguments("{1..03}", "01 02 03"),
                arguments("{9..11}", "9 10 11"),
                arguments("{099..101}", "099 100 101"),
                arguments("{0..3}-{00..02}", "0-00 0-01 0-02 1-00 1-01 1-02 2-00 2-01 2-02 3-00 3-01 3-02"),
                arguments("x{1...3}", "x{1...3}"),
                arguments("{1..a}", "{1..a}"),
                arguments("{a..1}", "{a..1}"),
                arguments("{a..Z}", "a Z"),
                arguments("{Z..a}", "Z a"),
                arguments("${a,b}", "$a $b"),
                arguments("{{a,b}}", "{a} {b}"),
                arguments("{{a}}", "{{a}}"),
                arguments("{a{b}}", "{a{b}}"),
                arguments("{1..2,3}", "1..2 3"),
                arguments("{ab..cd}", "{ab..cd}"),
                arguments("{0..0}", "0"),
                arguments("{-1..-3}", "-1 -2 -3"),
                arguments("{1.5..2}", "{1.5..2}"),
                arguments("{+1..3}", "{+1..3}"),
                arguments("{a,b}c{}", "ac{} bc{}"),
                arguments("{-010..-8}", "-010 -009 -008"),
                arguments("{0..-2}", "0 -1 -2"),
                arguments("{-00..1}", "000 001"),
                arguments("{é,ü}", "é ü"),
                arguments("{}{a,b}", "{}a {}b"),
                arguments("{a..c,d}", "a..c d"),
                arguments("{0001..0003..2}", "0001 0003"),
                arguments("imagenet1k-train-{0000..0003}.tar",
                        "imagenet1k-train-0000.tar imagenet1k-train-0001.tar imagenet1k-train-0002.tar imagenet1k-train-0003.tar"));
    }

    /** braceexpand raises UnbalancedBracesError for each pattern. bash keeps the braces as text, and Retort does the same. */
    @Test
    void bracesThatDoNotMatchAreText() throws Exception {
        for (final String pattern : Arrays.asList("{a,b}{", "{a,{b}", "a}b{c,d}"))
            assertThat(BraceExpansion.of(pattern, 1000, true)).containsExactly(pattern);
    }

    @Test
    void aBackslashIsTextWhereItSeparatesNames() throws Exception {
        assertThat(BraceExpansion.of("C:\\a\\{1,2}.tar", 10, false)).containsExactly("C:\\a\\1.tar", "C:\\a\\2.tar");
    }

    @Test
    void refusesMoreThanWereAskedForBeforeItMakesThem() {
        for (final String pattern : Arrays.asList("{0..999999999999}", "{0..9}{0..9}{0..9}{0..9}", "{{0..999},{0..999}}",
                "{-999..1}"))
            assertThatThrownBy(() -> BraceExpansion.of(pattern, 1000, true))
                    .isInstanceOf(BraceExpansion.TooManyException.class);
    }
}
