package retort.place;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes clients of S3. Stateless. */
final class S3Clients {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    static {
        // The JDK keeps five idle connections to one host otherwise, and opens one for each range beyond.
        if (System.getProperty("http.maxConnections") == null)
            System.setProperty("http.maxConnections", "64");
    }

    private S3Clients() {
    }

    /**
     * A client that makes one attempt at a time, because {@link Attempts} repeats them. It neither asks for checksums nor sends any
     * beyond what the protocol requires: many servers of the protocol know none of them.
     */
    static S3Client of(PlaceSettings settings) {
        final var builder = S3Client.builder().credentialsProvider(credentials(settings.s3())).region(region(settings.s3()))
                .forcePathStyle(settings.s3().pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .httpClientBuilder(
                        UrlConnectionHttpClient.builder().socketTimeout(settings.timeout()).connectionTimeout(
                                settings.timeout().compareTo(CONNECT) < 0 ? settings.timeout() : CONNECT));
        settings.s3().endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(PlaceSettings.S3 s3) {
        if (s3.anonymous())
            return AnonymousCredentialsProvider.create();
        return s3.profile().<AwsCredentialsProvider>map(ProfileCredentialsProvider::create)
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    /** The machine's own region is not asked for, because a machine that is none of Amazon's answers after a time-out. */
    static Region region(PlaceSettings.S3 s3) {
        if (s3.region().isPresent())
            return Region.of(s3.region().get());
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), s3.profile()
                    .map(name -> new AwsProfileRegionProvider(null, name)).orElseGet(AwsProfileRegionProvider::new)).getRegion();
        } catch (SdkClientException none) {
            return Region.US_EAST_1;
        }
    }
}
