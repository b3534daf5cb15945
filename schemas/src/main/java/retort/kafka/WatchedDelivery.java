package retort.kafka;

/**
 * Watches every topic that a sink writes to. A producer whose topic is deleted waits until its delivery timeout, so the sink fails as soon
 * as the watch knows. Confined to the sink's thread.
 */
record WatchedDelivery(Delivery delivery, UsedTopics used) implements Delivery {
    /** @throws TopicChangedException if a topic of this sink was deleted, or deleted and made again; every later call throws it, too */
    @Override
    public void deliver(Parcel parcel, Outcome done) {
        parcel.records().forEach(record -> used.add(record.topic()));
        used.requireSame();
        delivery.deliver(parcel, done);
    }
}
