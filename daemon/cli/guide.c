#include "seinpost/cli/guide.h"

#include "seinpost/base/digest.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

static const char head[] =
    "# @NAME@ publishes to Seinpost\n"
    "You publish events of sector `@SECTOR@` to the topic `@TOPIC@`, as Avro in single-object "
    "encoding. You may write to that topic and read none.\n"
    "\n"
    "1. You get from us: the brokers' addresses, their CA (`ca.crt`), a password, and the "
    "event types' schemas (a folder `schemas` of `*.avsc`). Your user is `@NAME@`.\n"
    "2. `client.conf`, for librdkafka: Python and kcat\n"
    "```ini\n"
    "bootstrap.servers=HOST:PORT\n"
    "security.protocol=SASL_SSL\n"
    "sasl.mechanisms=SCRAM-SHA-512\n"
    "sasl.username=@NAME@\n"
    "sasl.password=PASSWORD\n"
    "ssl.ca.location=ca.crt\n"
    "```\n"
    "3. Save the examples below as `events.ndjson`, an event a line, and publish them by one "
    "of the programs. Then send your own.\n"
    "4. Before you go live, send us a sample: `seinpost partner check --source @NAME@` tells "
    "what becomes of each record and each field of it.\n"
    "\n"
    "## What an event is\n"
    "`id` is yours, of at most 64 bytes, and names one event for ever: told again it is the "
    "same event. `time` is when it happened (RFC 3339 or an Avro timestamp), at most 10m ahead "
    "of the broker and, to be seen by every rule, at most @LATENESS@ behind your newest one. "
    "`purpose` may have @PURPOSES@; `legal_basis` may be @BASES@; `source` is `@NAME@`. "
    "People and accounts are pseudonyms, `prefix:epoch:` and 32 hex digits, "
    "made with the key that we agreed on; a name in clear is refused. Leave out what you do "
    "not have: each field of `data` may be missing. Your schema may differ from ours: fields "
    "are found by name, and those that we do not know are passed over; then send us your "
    "schema. Use one `key`, the id, and compression lz4 or zstd, not gzip.\n"
    "\n"
    "## The event types, each with an example\n";

static const char python[] =
    "\n"
    "## Python\n"
    "`pip install confluent-kafka fastavro`; `python publish.py --now events.ndjson` (`--now` "
    "is for a first try: dated now, with a new id).\n"
    "```python\n"
    "import io\n"
    "import json\n"
    "import pathlib\n"
    "import sys\n"
    "import time\n"
    "import uuid\n"
    "\n"
    "import fastavro\n"
    "from confluent_kafka import Producer\n"
    "from fastavro.schema import fingerprint, to_parsing_canonical_form\n"
    "\n"
    "TOPIC = \"@TOPIC@\"\n"
    "schemas, failures = {}, []\n"
    "\n"
    "\n"
    "def schema_of(event_type):\n"
    "    if event_type not in schemas:\n"
    "        path = pathlib.Path(\"schemas\", event_type + \".avsc\")\n"
    "        schema = json.loads(path.read_text(encoding=\"utf-8\"))\n"
    "        name = fingerprint(to_parsing_canonical_form(schema), \"CRC-64-AVRO\")\n"
    "        schemas[event_type] = fastavro.parse_schema(schema), bytes.fromhex(name)\n"
    "    return schemas[event_type]\n"
    "\n"
    "\n"
    "def record_of(event):\n"
    "    schema, name = schema_of(event[\"type\"])\n"
    "    body = io.BytesIO()\n"
    "    fastavro.schemaless_writer(body, schema, event)\n"
    "    return b\"\\xc3\\x01\" + name + body.getvalue()\n"
    "\n"
    "\n"
    "def delivered(error, message):\n"
    "    if error is not None:\n"
    "        failures.append(f\"{message.key().decode()}: {error}\")\n"
    "\n"
    "\n"
    "lines = pathlib.Path(\"client.conf\").read_text(encoding=\"utf-8\").splitlines()\n"
    "producer = Producer({**dict(line.split(\"=\", 1) for line in lines if \"=\" in line),\n"
    "                     \"enable.idempotence\": True, \"compression.type\": \"lz4\"})\n"
    "for line in pathlib.Path(sys.argv[-1]).read_text(encoding=\"utf-8\").splitlines():\n"
    "    event = json.loads(line)\n"
    "    if \"--now\" in sys.argv:\n"
    "        event.update(id=str(uuid.uuid4()), time=round(time.time() * 1000))\n"
    "    record = record_of(event)\n"
    "    if \"--files\" in sys.argv:  # for kcat, and for seinpost partner check\n"
    "        pathlib.Path(event[\"type\"] + \".bin\").write_bytes(record)\n"
    "    else:\n"
    "        producer.produce(TOPIC, record, key=event[\"id\"], on_delivery=delivered)\n"
    "        producer.poll(0)\n"
    "left = producer.flush(30)\n"
    "if left or failures:\n"
    "    sys.exit(f\"{left} not sent; {failures}\")\n"
    "```\n";

static const char java[] =
    "\n"
    "## Java\n"
    "`org.apache.kafka:kafka-clients` and `org.apache.avro:avro`; `client.properties`:\n"
    "```ini\n"
    "bootstrap.servers=HOST:PORT\n"
    "security.protocol=SASL_SSL\n"
    "sasl.mechanism=SCRAM-SHA-512\n"
    "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required "
    "username=\"@NAME@\" password=\"PASSWORD\";\n"
    "ssl.truststore.type=PEM\n"
    "ssl.truststore.location=ca.crt\n"
    "```\n"
    "```java\n"
    "import java.io.File;\n"
    "import java.io.FileInputStream;\n"
    "import java.nio.ByteBuffer;\n"
    "import java.util.List;\n"
    "import java.util.Properties;\n"
    "import java.util.UUID;\n"
    "import org.apache.avro.Schema;\n"
    "import org.apache.avro.generic.GenericData;\n"
    "import org.apache.avro.generic.GenericRecord;\n"
    "import org.apache.avro.message.BinaryMessageEncoder;\n"
    "import org.apache.kafka.clients.producer.KafkaProducer;\n"
    "import org.apache.kafka.clients.producer.ProducerRecord;\n"
    "import org.apache.kafka.common.serialization.ByteBufferSerializer;\n"
    "import org.apache.kafka.common.serialization.StringSerializer;\n"
    "\n"
    "public class Publish {\n"
    "    static GenericRecord empty(Schema schema) {\n"
    "        GenericRecord made = new GenericData.Record(schema);\n"
    "        for (Schema.Field field : schema.getFields()) {\n"
    "            if (field.hasDefaultValue()) {\n"
    "                made.put(field.pos(), GenericData.get().getDefaultValue(field));\n"
    "            }\n"
    "        }\n"
    "        return made;\n"
    "    }\n"
    "\n"
    "    public static void main(String[] arguments) throws Exception {\n"
    "        Properties settings = new Properties();\n"
    "        try (FileInputStream file = new FileInputStream(\"client.properties\")) {\n"
    "            settings.load(file);\n"
    "        }\n"
    "        settings.put(\"compression.type\", \"lz4\");\n"
    "        Schema schema = new Schema.Parser().parse(new File(\"schemas/@TYPE@.avsc\"));\n"
    "        GenericRecord event = empty(schema);\n"
    "        event.put(\"id\", UUID.randomUUID().toString());\n"
    "        event.put(\"source\", \"@NAME@\");\n"
    "        event.put(\"time\", System.currentTimeMillis());\n"
    "        event.put(\"purpose\", List.of(\"@PURPOSE@\"));\n"
    "        event.put(\"legal_basis\", \"@BASIS@\");\n"
    "        GenericRecord data = empty(schema.getField(\"data\").schema());\n"
    "        data.put(\"@FIELD@\", \"@VALUE@\");\n"
    "        event.put(\"data\", data);\n"
    "        ByteBuffer record =\n"
    "            new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema)"
    ".encode(event);\n"
    "        try (KafkaProducer<String, ByteBuffer> producer = new KafkaProducer<>(\n"
    "                 settings, new StringSerializer(), new ByteBufferSerializer())) {\n"
    "            producer.send(new ProducerRecord<>(\"@TOPIC@\", event.get(\"id\").toString(), "
    "record)).get();\n"
    "        }\n"
    "    }\n"
    "}\n"
    "```\n";

static const char tail[] =
    "\n"
    "## kcat\n"
    "It writes records that are made: `python publish.py --now --files events.ndjson` makes a "
    "file of each type.\n"
    "```sh\n"
    "kcat -F client.conf -P -t @TOPIC@ -k example-1 -z lz4 @TYPE@.bin\n"
    "```\n"
    "\n"
    "## When nothing comes of it\n"
    "`TOPIC_AUTHORIZATION_FAILED`: the topic's name, or your user. `SASL authentication "
    "failed`: user or password; SCRAM with Kafka 4 needs librdkafka 2.6.1 or newer. "
    "What arrives and cannot be used is noted with a reason code and its place, never with its "
    "content: ask us for it by partition and offset. `schema_unknown`: we do not have your "
    "schema. `source_mismatch`, `purpose_not_allowed`, `basis_not_allowed`, "
    "`type_not_allowed`: see above. `time_future`, `late`: your clock. `identity_clear`: a "
    "name "
    "where a pseudonym belongs.\n";

static struct slice first_of(const char *words)
{
    struct slice rest = slice_of(words);

    return slice_cut(&rest, ',');
}

/* The first field of the first type that names somebody, or any first. */
static const struct field *example_field(const struct onboarding *onboarding)
{
    const struct event_type *type = onboarding->types[0];

    for (size_t i = 0; i < type->data_count; i++) {
        if (type->fields[i].personal && !type->fields[i].many) {
            return &type->fields[i];
        }
    }
    return &type->fields[0];
}

static void add_value(const struct field *field, struct text *text)
{
    const struct slice name = kind_name(field->kind);
    const struct slice prefix = kind_prefix(field->kind);
    char hex[DIGEST_TEXT_SIZE];

    text_format(text, "%.*s:e1:%s", SLICE_ARGS(prefix), digest_format(digest_of(name), hex));
}

static void add_retention(const struct sector *sector, struct text *text)
{
    int64_t ms = 0;

    const enum duration_fault fault = duration_parse(slice_of(sector->retention), &ms);
    ENSURE(fault == DURATION_OK);
    text_add_decimal(text, ms);
}

/* Words that stand in the sector's row, or are made of it. Returns false for another. */
static bool fill_sector(const struct sector *sector, struct slice word, struct text *text)
{
    if (slice_is(word, "SECTOR")) {
        text_add(text, slice_of(sector->name));
    } else if (slice_is(word, "PURPOSES")) {
        text_add(text, slice_of(sector->purposes));
    } else if (slice_is(word, "PURPOSE")) {
        text_add(text, first_of(sector->purposes));
    } else if (slice_is(word, "BASES")) {
        text_add(text, slice_of(sector->legal_bases));
    } else if (slice_is(word, "BASIS")) {
        text_add(text, first_of(sector->legal_bases));
    } else if (slice_is(word, "LATENESS")) {
        text_add(text, slice_of(sector->lateness));
    } else if (slice_is(word, "RETENTION")) {
        add_retention(sector, text);
    } else {
        return false;
    }
    return true;
}

static void fill_word(const struct onboarding *onboarding, struct slice word, struct text *text)
{
    if (slice_is(word, "NAME")) {
        text_add(text, onboarding->name);
    } else if (slice_is(word, "TOPIC")) {
        text_add(text, onboarding->topic);
    } else if (slice_is(word, "TYPE")) {
        text_add(text, onboarding->types[0]->name);
    } else if (slice_is(word, "FIELD")) {
        text_add(text, example_field(onboarding)->name);
    } else if (slice_is(word, "VALUE")) {
        add_value(example_field(onboarding), text);
    } else {
        const bool known = fill_sector(onboarding->sector, word, text);
        ENSURE(known); /* the words above are ours */
    }
}

void guide_fill(const struct onboarding *onboarding, const char *words, struct text *text)
{
    struct slice rest = slice_of(words);

    text_add(text, slice_cut(&rest, '@'));
    while (rest.data != NULL) {
        fill_word(onboarding, slice_cut(&rest, '@'), text);
        text_add(text, slice_cut(&rest, '@'));
    }
}

void guide_begin(const struct onboarding *onboarding, struct text *text)
{
    guide_fill(onboarding, head, text);
}

void guide_end(const struct onboarding *onboarding, struct text *text)
{
    guide_fill(onboarding, python, text);
    guide_fill(onboarding, java, text);
    guide_fill(onboarding, tail, text);
}
