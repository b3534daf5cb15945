package retort.place;

import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says in one sentence why a bucket could not be read or written, and what to do. Any thread. */
final class S3Faults {
    private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);
    private static final Set<String> BUSY_CODES = Set.of("SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable",
            "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests");
    /** As AWS writes it: {@code the region 'us-east-1' is wrong; expecting 'eu-west-1'}. */
    private static final Pattern EXPECTED_REGION = Pattern.compile("expecting '([a-z0-9-]+)'");

    private final String bucket;
    private final PlaceSettings.S3 settings;
    /** The SDK learns the server's time from its first refusal and corrects the next request, so only the second one is final. */
    private final AtomicBoolean clockTold = new AtomicBoolean();

    S3Faults(String bucket, PlaceSettings.S3 settings) {
        this.bucket = bucket;
        this.settings = settings;
    }

    /** Returns a fault that a later attempt may heal or a missing object, and throws all others. */
    IOException reading(String key, SdkException fault) {
        return of("s3://" + bucket + "/" + key, "read", fault);
    }

    IOException writing(String key, SdkException fault) {
        return of("s3://" + bucket + "/" + key, "written", fault);
    }

    IOException listing(String folder, SdkException fault) {
        return of("s3://" + bucket + "/" + folder, "listed", fault);
    }

    private IOException of(String what, String done, SdkException fault) {
        if (!(fault instanceof S3Exception answer))
            return unanswered(what, done, fault);
        final Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
        final String code = details.map(AwsErrorDetails::errorCode).orElse("");
        if (BUSY.contains(answer.statusCode()) || BUSY_CODES.contains(code))
            return new BusyException("the server answers " + answer.statusCode() + " " + code, after(answer), fault);
        if (code.equals("RequestTimeTooSkewed") && !clockTold.getAndSet(true))
            return new BusyException("the clock of this machine is wrong", Duration.ZERO, fault);
        if (answer.statusCode() == 404 && !code.equals("NoSuchBucket"))
            return new NoSuchFileException(what);
        throw new PlaceException(what + " cannot be " + done + ": " + reason(answer, code, done, details), fault);
    }

    private IOException unanswered(String what, String done, SdkException fault) {
        final String message = String.valueOf(fault.getMessage());
        if (Certificates.isRefused(fault))
            throw new PlaceException(what + " cannot be " + done + ": " + Certificates.sentence(at(), fault), fault);
        final boolean network = isNetwork(fault);
        if (!network && (message.contains("Unable to load credentials") || message.contains("credentials")))
            throw new PlaceException(what + " cannot be " + done + ": no credentials were found: set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY, or name a profile with places.s3.profile, or set places.s3.anonymous=true for a "
                    + "public bucket" + settings.profile().map(name -> " (profile " + name + " has none)").orElse(""), fault);
        if (fault instanceof SdkServiceException service && !BUSY.contains(service.statusCode()))
            throw new PlaceException(what + " cannot be " + done + ": " + firstSentence(message), fault);
        return new BusyException(at() + " cannot be reached or broke off: " + firstSentence(rootMessage(fault)), Duration.ZERO,
                fault);
    }

    private static boolean isNetwork(Throwable fault) {
        for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause())
            if (cause instanceof IOException)
                return true;
        return false;
    }

    private String reason(S3Exception answer, String code, String done, Optional<AwsErrorDetails> details) {
        final String message = details.map(AwsErrorDetails::errorMessage).map(String::strip).orElse("");
        final Optional<String> region = region(answer, message);
        return switch (code) {
            case "NoSuchBucket" -> "there is no bucket " + bucket + " at " + at()
                    + ": check its name, places.s3.endpoint and places.s3.region";
            case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
                wrongRegion(region);
            case "InvalidAccessKeyId" -> "the access key is not known at " + at()
                    + ": check AWS_ACCESS_KEY_ID or the profile, and places.s3.endpoint";
            case "SignatureDoesNotMatch" ->
                "the secret key does not fit the access key: check AWS_SECRET_ACCESS_KEY or the profile";
            case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired" ->
                "the session token has expired: fetch new credentials and start again, the run goes on where it was";
            case "InvalidToken" ->
                "the session token is not valid: AWS_SESSION_TOKEN must be the one that came with the access key";
            case "RequestTimeTooSkewed" -> "the clock of this machine is wrong: it says " + Instant.now() + ", the server says "
                    + header(answer, "Date").orElse("another time") + ": set the clock";
            case "InvalidObjectState" -> "it is archived: restore it to a storage class that can be read, then start again";
            case "PreconditionFailed" -> done.equals("written")
                    ? "it is there already, or was changed by another writer"
                    : "it was replaced since it was first read: start again with the new object, under another stream name, or put "
                            + "the old one back";
            case "ConditionalRequestConflict" -> "another writer writes it at the same time";
            default -> byStatus(answer, code, done, message, region);
        };
    }

    private String byStatus(S3Exception answer, String code, String done, String message, Optional<String> region) {
        return switch (answer.statusCode()) {
            case 301, 307 -> wrongRegion(region);
            case 412 -> "it was replaced since it was first read: start again with the new object, or put the old one back";
            case 401, 403 -> "access is denied: " + needed(done) + (message.isEmpty() ? "" : " (" + message + ")");
            default -> "the server answers " + answer.statusCode() + " " + code + " " + firstSentence(message);
        };
    }

    private String needed(String done) {
        return switch (done) {
            case "listed" -> "the credentials need s3:ListBucket on bucket " + bucket
                    + ", or the objects must be named one by one, without * and ?";
            case "written" -> "the credentials need s3:PutObject and s3:DeleteObject there";
            default ->
                "the credentials need s3:GetObject on it; without s3:ListBucket on the bucket a missing object is denied, too";
        };
    }

    private String wrongRegion(Optional<String> region) {
        return "the bucket lies in " + region.map(name -> "region " + name).orElse("another region")
                + ", and the request went to "
                + S3Clients.region(settings).id() + ": set places.s3.region" + region.map(name -> "=" + name).orElse("")
                + (settings.endpoint().isPresent() ? ", and check places.s3.endpoint" : "");
    }

    private static Optional<String> region(S3Exception answer, String message) {
        final Matcher expected = EXPECTED_REGION.matcher(message);
        return header(answer, "x-amz-bucket-region")
                .or(() -> expected.find() ? Optional.of(expected.group(1)) : Optional.empty());
    }

    private static Duration after(S3Exception answer) {
        return RetryAfter.parse(header(answer, "Retry-After").orElse(null), Instant.now());
    }

    private static Optional<String> header(S3Exception answer, String name) {
        return Optional.ofNullable(answer.awsErrorDetails()).map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(response -> response.firstMatchingHeader(name));
    }

    private String at() {
        return settings.endpoint().map(URI::toString).orElse("Amazon S3");
    }

    private static String rootMessage(Throwable fault) {
        Throwable at = fault;
        for (@Nullable
        Throwable cause = at.getCause(); cause != null; cause = at.getCause())
            at = cause;
        return at.toString();
    }

    private static String firstSentence(String message) {
        return message.lines().findFirst().orElse("").strip();
    }
}
