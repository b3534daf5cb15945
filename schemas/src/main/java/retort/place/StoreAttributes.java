package retort.place;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * The attributes of an object or of a folder.
 *
 * @param isDirectory true for a folder, which exists as long as an object lies below it
 * @param size bytes
 * @param version the ETag or what else the store changes with the content; empty if there is none
 */
record StoreAttributes(boolean isDirectory, long size, String version, FileTime lastModifiedTime) implements BasicFileAttributes {
    private static final FileTime NEVER = FileTime.fromMillis(0);
    static final StoreAttributes FOLDER = new StoreAttributes(true, 0, "", NEVER);

    static StoreAttributes of(Store.Body body) {
        return new StoreAttributes(false, body.total(), body.version(), body.modified());
    }

    @Override
    public FileTime lastAccessTime() {
        return lastModifiedTime;
    }

    @Override
    public FileTime creationTime() {
        return lastModifiedTime;
    }

    @Override
    public boolean isRegularFile() {
        return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
        return false;
    }

    @Override
    public boolean isOther() {
        return false;
    }

    /** Null, because no object is known by two names. */
    @Override
    @SuppressWarnings("NullAway") // the interface is not annotated
    public Object fileKey() {
        return null;
    }
}
