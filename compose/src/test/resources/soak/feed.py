"""Publishes numbered images to a raw topic, 1 to 50 a second at random, and lists those that the broker has taken.

    feed.py BOOTSTRAP TOPIC SECONDS SEED LIST

An image is a grey PNG of 8x8 pixels. Its first 8 pixels are its number as a big-endian integer, the others are noise. LIST gets one number
a line, in the order of the acknowledgements. Needs confluent-kafka (tried with 2.16.1).
"""
import random
import struct
import sys
import time
import zlib

from confluent_kafka import Producer


def png(number, noise):
    pixels = struct.pack(">Q", number) + noise.randbytes(56)
    rows = b"".join(b"\0" + pixels[row:row + 8] for row in range(0, 64, 8))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)) + chunk(
        b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    bootstrap, topic, seconds, seed, listed = sys.argv[1:]
    draw = random.Random(int(seed))
    # Idempotent and without a time limit: an image is in the topic exactly once, however long the broker is away.
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "message.timeout.ms": 0,
                         "socket.timeout.ms": 10000, "reconnect.backoff.max.ms": 1000, "log_level": 2})
    failed = []
    with open(listed, "w", buffering=1) as acknowledged:
        def taken(error, message):
            if error:
                failed.append(f"{message.key()}: {error}")
            else:
                acknowledged.write(message.key().decode().removeprefix("image-") + "\n")

        end = time.monotonic() + float(seconds)
        number, rate, change = 0, 1, 0.0
        while time.monotonic() < end:
            if time.monotonic() >= change:
                rate, change = draw.randint(1, 50), time.monotonic() + 1
            producer.produce(topic, key=f"image-{number}", value=png(number, draw), headers={"label": str(number % 10)},
                             on_delivery=taken)
            number += 1
            producer.poll(0)
            time.sleep(1 / rate)
        while producer.flush(10) > 0:
            pass
    print(f"{number} images sent, {len(failed)} failed", *failed[:5], flush=True)
    sys.exit(1 if failed else 0)


main()
