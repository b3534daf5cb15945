"""Follow the evaluations of Retort from Python. Needs: pip install confluent-kafka fastavro
    for item in follow("127.0.0.1:29092"):      # everything there is, then LIVE once, then what comes
        if item is not LIVE:
            print(item.run, item.step, item.suite, item.metrics)
As a command: python retort_feed.py --servers HOST:PORT [--follow] [--run R] [--suite S] [--since STEP] prints JSON lines.
Both framings are read: Avro's single-object encoding, and the Confluent framing (with --registry for records of other programs).
"""
from __future__ import annotations
import argparse, base64, enum, io, json, math, struct, sys, time, urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Iterator, Optional, Union
import fastavro
from confluent_kafka import Consumer, KafkaError, KafkaException, OFFSET_BEGINNING, TopicPartition

def _record(name: str, **fields: Any) -> dict:
    return {"type": "record", "name": name, "fields": [{"name": each, "type": kind} for each, kind in fields.items()]}

FIGURES = {"type": "map", "values": "double"}
FIELDS_1 = {"run": "string", "step": "long", "suite": "string", "settingsHash": "string", "metrics": FIGURES, "images": "long",
            "durationMillis": "long", "checkpointSha256": "string", "objective": "string", "stream": "string", "at": "long"}
CONFUSIONS = {"type": "array", "items": _record("retort.record.Confusion", label="string", answer="string", images="long")}
FIELDS_2 = {**FIELDS_1, "error": ["null", "string"], "classAccuracy": FIGURES, "confusions": CONFUSIONS, "passedOver": ["null", "string"]}
# Every schema that a release of Retort has written, by its fingerprint in the byte order of the wire.
SCHEMAS = {bytes.fromhex(fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(each), "CRC-64-AVRO")): each
           for each in (fastavro.parse_schema(_record("retort.record.Evaluation", **all)) for all in (FIELDS_1, FIELDS_2))}

@dataclass(frozen=True)
class Evaluation:
    run: str
    step: int
    suite: str
    metrics: dict[str, float]
    images: int
    durationMillis: int
    objective: str
    stream: str
    settingsHash: str
    checkpointSha256: str
    at: datetime
    error: Optional[str] = None
    classAccuracy: dict[str, float] = field(default_factory=dict)
    confusions: list[dict[str, Any]] = field(default_factory=list)
    passedOver: Optional[str] = None

    def json(self) -> str:
        """One line, as `retort evaluations` prints it. A figure that is not finite is null."""
        empty = ("error", "classAccuracy", "confusions", "passedOver")
        shown = {name: value for name, value in vars(self).items() if value or name not in empty}
        shown["metrics"] = {name: value if math.isfinite(value) else None for name, value in sorted(self.metrics.items())}
        shown["at"] = self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
        return json.dumps(shown, ensure_ascii=False)

class Live(enum.Enum):
    LIVE = "the marker between what was on the topic when the subscription began and what comes"
LIVE = Live.LIVE
class Registry:
    """Schemas by id, each asked for once. auth is USER:PASSWORD."""
    def __init__(self, url: str = "", auth: str = ""):
        self.url, self.schemas = url.rstrip("/"), {}
        self.headers = {"Authorization": "Basic " + base64.b64encode(auth.encode()).decode()} if auth else {}

    def schema(self, number: int) -> dict:
        if not self.url:
            raise ValueError(f"a record of another program with schema id {number}: give the address of the schema registry")
        if number not in self.schemas:
            request = urllib.request.Request(f"{self.url}/schemas/ids/{number}", headers=self.headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                self.schemas[number] = fastavro.parse_schema(json.loads(json.loads(answer.read(1 << 20))["schema"]))
        return self.schemas[number]

def decode(value: bytes, headers: Optional[list] = None, registry: Optional[Registry] = None) -> Evaluation:
    """Decodes a record's value. Raises ValueError for what is no evaluation."""
    if value[:2] == b"\xc3\x01" and len(value) >= 10:
        schema, start = SCHEMAS.get(value[2:10]), 10
    elif value[:1] == b"\0" and len(value) >= 5:  # a header names Retort's own schemas, so that no registry is asked for them
        digits = (dict(headers or []).get("avro-fingerprint") or b"").decode("ascii", "replace")
        schema, start = next((schema for mark, schema in SCHEMAS.items() if mark[::-1].hex() == digits), None), 5
        schema = schema or (registry or Registry()).schema(struct.unpack(">I", value[1:5])[0])
    else:
        raise ValueError(f"{len(value)} bytes that are no record of Avro")
    if schema is None:
        raise ValueError(f"the unknown schema {value[9:1:-1].hex()}: take the retort_feed.py of that release")
    try:
        record = fastavro.schemaless_reader(io.BytesIO(value[start:]), schema)
        if isinstance(record["at"], int):  # a schema without its logical type
            record["at"] = datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=record["at"])
        return Evaluation(**{name: record[name] for name in Evaluation.__dataclass_fields__ if name in record})
    except (KeyError, TypeError, EOFError, IndexError, OverflowError, UnicodeDecodeError) as e:
        raise ValueError(f"{len(value)} bytes that are no evaluation: {e!r}") from e

def records(servers: str, topic: str = "retort.evaluations", registry: Optional[Registry] = None,
            config: Optional[dict] = None) -> Iterator[Union[tuple[str, Optional[Evaluation]], Live]]:
    """Yields (key, evaluation or None for a deleted one), and LIVE once, endlessly. While a broker is away, librdkafka reconnects."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "retort-feed", "enable.auto.commit": False, "isolation.level":
                         "read_committed", "enable.partition.eof": True, "auto.offset.reset": "error", **(config or {})})
    passing = (KafkaError._PARTITION_EOF, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN)
    try:
        while not (parts := consumer.list_topics(topic, 30).topics[topic].partitions):
            time.sleep(0.5)  # nobody has made the topic yet
        ends = {part: consumer.get_watermark_offsets(TopicPartition(topic, part), 30)[1] for part in parts}
        consumer.assign([TopicPartition(topic, part, OFFSET_BEGINNING) for part in parts])
        live = False
        while True:
            if (message := consumer.poll(0.5)) is None:
                continue
            error = message.error()
            if error and error.code() not in passing and not error.retriable():
                raise KafkaException(error)
            if error.code() == KafkaError._PARTITION_EOF if error else message.offset() >= ends.get(message.partition(), math.inf):
                ends.pop(message.partition(), None)  # the log's end comes without a record where transactions have their markers
            if not ends and not live:
                live = True
                yield LIVE
            if error is None:
                key, value = (message.key() or b"").decode("utf-8", "replace"), message.value()
                try:
                    yield key, None if value is None else decode(value, message.headers(), registry)
                except ValueError as e:
                    print(f"{topic}-{message.partition()}@{message.offset()} is skipped: {e}", file=sys.stderr)
    finally:
        consumer.close()

def follow(servers: str, **options: Any) -> Iterator[Union[Evaluation, Live]]:
    """Every evaluation, then LIVE, then what comes. Options as in records()."""
    for item in records(servers, **options):
        if item is LIVE or item[1] and item[1].passedOver is None:
            yield item if isinstance(item, Live) else item[1]

def present(servers: str, **options: Any) -> list[Evaluation]:
    """The latest evaluation of each key, oldest first."""
    latest: dict = dict(iter(records(servers, **options).__next__, LIVE))
    return sorted((each for each in latest.values() if each and each.passedOver is None), key=lambda each: each.at)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Prints evaluations of Retort as JSON lines, oldest first.")
    for flag, default in (("--servers", "127.0.0.1:9092"), ("--topic", "retort.evaluations"), ("--registry", ""),
                          ("--registry-auth", ""), ("--run", None), ("--suite", None), ("--since", 0)):
        parser.add_argument(flag, default=default, type=type(default) if default is not None else str, help=f"default: {default!r}")
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE", help="a property of librdkafka")
    parser.add_argument("--follow", action="store_true", help="waits for more; says on stderr where the history ends")
    args = parser.parse_args()
    options = {"topic": args.topic, "registry": Registry(args.registry, args.registry_auth),
               "config": dict(pair.split("=", 1) for pair in args.config)}
    for each in (follow if args.follow else present)(args.servers, **options):
        if isinstance(each, Live):
            print("the history ends here", file=sys.stderr, flush=True)
        elif args.run in (None, each.run) and args.suite in (None, each.suite) and each.step >= args.since:
            print(each.json(), flush=True)
