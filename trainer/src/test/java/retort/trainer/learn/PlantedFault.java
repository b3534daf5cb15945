package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import retort.trainer.model.Script;

/** A fault in the text of the program: {@code wrong} in place of {@code right}. */
record PlantedFault(String name, String right, String wrong) {
    Script plant() {
        final String source = Script.bundled().source();
        assertThat(source).as("the program has changed: plant this fault anew").contains(right);
        return new Script(source.replace(right, wrong));
    }

    @Override
    public String toString() {
        return name;
    }
}
