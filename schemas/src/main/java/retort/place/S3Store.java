package retort.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket. Any thread. */
final class S3Store implements Store {
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final String bucket;
    private final S3Client client;
    private final S3Faults faults;

    S3Store(String bucket, S3Client client, PlaceSettings.S3 settings) {
        this.bucket = bucket;
        this.client = client;
        this.faults = new S3Faults(bucket, settings);
    }

    @Override
    public String root() {
        return "s3://" + bucket + "/";
    }

    @Override
    public boolean hasFolders() {
        return true;
    }

    /** A GET also where attributes alone are wanted, because the answer to a HEAD has no body that tells the reason of a refusal. */
    @Override
    public Body get(String key, long from, long to, Optional<String> version) throws IOException {
        final String range = "bytes=" + from + "-" + (to == Long.MAX_VALUE ? "" : to - 1);
        try {
            final ResponseInputStream<GetObjectResponse> in = client.getObject(request -> {
                request.bucket(bucket).key(key).range(range);
                version.filter(text -> !text.isEmpty()).ifPresent(request::ifMatch);
            });
            final GetObjectResponse answer = in.response();
            final ContentRange sent = ContentRange.of(answer.contentRange(), answer.contentLength());
            return new Body(new Answer(in, sent.to() - sent.from(), in::abort), sent.from(), sent.to(), sent.total(),
                    text(answer.eTag()),
                    time(answer.lastModified()), answer.contentRange() != null || from == 0 && to >= sent.total());
        } catch (S3Exception e) {
            if (e.statusCode() == RANGE_NOT_SATISFIABLE)
                return end(key, from);
            throw faults.reading(key, e);
        } catch (SdkException e) {
            throw faults.reading(key, e);
        }
    }

    /** The answer to a request for bytes beyond the end. */
    private Body end(String key, long from) throws IOException {
        try {
            final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key(key));
            return new Body(new ByteArrayInputStream(new byte[0]), from, from, head.contentLength(), text(head.eTag()),
                    time(head.lastModified()), true);
        } catch (SdkException e) {
            throw faults.reading(key, e);
        }
    }

    @Override
    public Page list(String folder, Optional<String> token) throws IOException {
        return page(client, bucket, faults, folder, true, token);
    }

    @Override
    public Optional<Writes> writes() {
        return Optional.of(new S3Writes(bucket, client, faults));
    }

    /** @param inFolders true for the objects and folders in {@code folder}; false for all objects below it */
    static Page page(S3Client client, String bucket, S3Faults faults, String folder, boolean inFolders, Optional<String> token)
            throws IOException {
        final String prefix = folder.isEmpty() ? "" : folder + "/";
        try {
            final ListObjectsV2Response answer = client.listObjectsV2(request -> request.bucket(bucket).prefix(prefix)
                    .delimiter(inFolders ? "/" : null).encodingType(EncodingType.URL).continuationToken(token.orElse(null)));
            final List<Entry> entries = new ArrayList<>();
            answer.commonPrefixes().forEach(common -> entries.add(new Entry(
                    common.prefix().substring(prefix.length(), common.prefix().length() - 1), StoreAttributes.FOLDER)));
            answer.contents().stream().filter(object -> !object.key().equals(prefix))
                    .forEach(object -> entries.add(new Entry(object.key().substring(prefix.length()),
                            new StoreAttributes(false, object.size(), text(object.eTag()), time(object.lastModified())))));
            return new Page(entries,
                    Boolean.TRUE.equals(answer.isTruncated()) ? Optional.of(answer.nextContinuationToken()) : Optional.empty());
        } catch (SdkException e) {
            throw faults.listing(folder, e);
        }
    }

    private static String text(@Nullable String tag) {
        return tag == null ? "" : tag;
    }

    private static FileTime time(@Nullable Instant modified) {
        return FileTime.from(modified == null ? Instant.EPOCH : modified);
    }
}
