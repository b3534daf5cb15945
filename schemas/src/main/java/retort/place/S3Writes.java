package retort.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes a bucket. Any thread. */
final class S3Writes implements Writes {
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String BYTES = "application/octet-stream";

    private final String bucket;
    private final S3Client client;
    private final S3Faults faults;

    S3Writes(String bucket, S3Client client, S3Faults faults) {
        this.bucket = bucket;
        this.client = client;
        this.faults = faults;
    }

    @Override
    public boolean put(String key, byte[] content, int length, boolean ifAbsent) throws IOException {
        try {
            client.putObject(request -> {
                request.bucket(bucket).key(key);
                if (ifAbsent)
                    request.ifNoneMatch("*");
            }, body(content, length));
            return true;
        } catch (S3Exception e) {
            if (ifAbsent && e.statusCode() == PRECONDITION_FAILED)
                return false;
            if (ifAbsent && e.statusCode() == NOT_IMPLEMENTED)
                return put(key, content, length, false);
            throw faults.writing(key, e);
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    /** Without a copy of the bytes. Each attempt reads them anew. */
    private static RequestBody body(byte[] content, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(content, 0, length), length, BYTES);
    }

    @Override
    public void delete(String key) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(bucket).key(key));
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    @Override
    public String begin(String key) throws IOException {
        try {
            return client.createMultipartUpload(request -> request.bucket(bucket).key(key)).uploadId();
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    @Override
    public String part(String key, String upload, int number, byte[] content, int length) throws IOException {
        try {
            return client.uploadPart(request -> request.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                    body(content, length)).eTag();
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    @Override
    public void complete(String key, String upload, List<String> tags) throws IOException {
        final List<CompletedPart> parts = new ArrayList<>();
        for (final String tag : tags)
            parts.add(CompletedPart.builder().partNumber(parts.size() + 1).eTag(tag).build());
        try {
            client.completeMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload)
                    .multipartUpload(all -> all.parts(parts)));
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    @Override
    public void abort(String key, String upload) throws IOException {
        try {
            client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            throw faults.writing(key, e);
        }
    }

    @Override
    public List<Upload> uploads(String folder) throws IOException {
        final String prefix = prefix(folder);
        final List<Upload> uploads = new ArrayList<>();
        try {
            @Nullable
            String key = null;
            @Nullable
            String id = null;
            for (;;) {
                final @Nullable String afterKey = key;
                final @Nullable String afterId = id;
                final ListMultipartUploadsResponse answer = client.listMultipartUploads(request -> request.bucket(bucket)
                        .prefix(prefix).encodingType(EncodingType.URL).keyMarker(afterKey).uploadIdMarker(afterId));
                answer.uploads().stream().filter(upload -> upload.key().startsWith(prefix))
                        .forEach(upload -> uploads.add(new Upload(upload.key(), upload.uploadId())));
                if (!Boolean.TRUE.equals(answer.isTruncated()) || answer.nextKeyMarker() == null
                        || answer.nextKeyMarker().equals(key) && String.valueOf(answer.nextUploadIdMarker()).equals(id))
                    return uploads;
                key = answer.nextKeyMarker();
                id = answer.nextUploadIdMarker();
            }
        } catch (SdkException e) {
            throw faults.listing(folder, e);
        }
    }

    @Override
    public Store.Page walk(String folder, Optional<String> token) throws IOException {
        return S3Store.page(client, bucket, faults, folder, false, token);
    }

    private static String prefix(String folder) {
        return folder.isEmpty() ? "" : folder + "/";
    }
}
