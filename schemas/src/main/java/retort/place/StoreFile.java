package retort.place;

import java.io.IOException;
import java.util.Optional;

/**
 * One object, and the means to read it.
 *
 * @param version the version that the object must have; empty takes the one that is there
 * @param room memory for what is fetched ahead
 */
record StoreFile(Store store, String key, Optional<String> version, Attempts attempts, Room room) {
    /** The same object, which must have this version. */
    StoreFile pinned(String its) {
        return new StoreFile(store, key, Optional.of(its), attempts, room);
    }

    /** Asks whether the server sends parts of the object. */
    boolean isRanged() throws IOException {
        try (Fetch first = new Fetch(store, key, 0, 1, version, attempts)) {
            first.open();
            return first.isRanged();
        }
    }

    @Override
    public String toString() {
        return store.shown(key);
    }
}
