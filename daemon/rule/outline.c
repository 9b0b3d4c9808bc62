#include "seinpost/rule/outline.h"

#include "seinpost/base/text.h"
#include "seinpost/rule/document.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/load.h"
#include "seinpost/rule/metric.h"
#include "seinpost/rule/modifier.h"
#include "seinpost/rule/ruletest.h"
#include "seinpost/rule/steps.h"
#include "seinpost/rule/tally.h"
#include "seinpost/rule/weighing.h"
#include "seinpost/schema/catalogue.h"

#include <string.h>

/* Schemas are written here in short: `'` for a quote, `<name>` for a reference to the part of
 * this name, and `[name]` for a list of it. */

/* What stands under a key whose table says only that it is a node, a map, a list or a text. */
static const struct {
    const char *part;
    const char *key;
    const char *schema;
} links[] = {
    {"rule", "schema", "{'const':'seinpost/rule/1'}"},
    {"rule", "name", "<name>"},
    {"rule", "unless", "<unless>"},
    {"rule", "events", "<events>"},
    {"rule", "source", "<source>"},
    {"rule", "detection", "<detection>"},
    {"rule", "correlation", "<correlation>"},
    {"rule", "alert", "<alert>"},
    {"rule", "tests", "[test]"},
    {"list", "schema", "{'const':'seinpost/list/1'}"},
    {"list", "name", "<name>"},
    {"list", "entries", "[entry]"},
    {"exception", "schema", "{'const':'seinpost/exception/1'}"},
    {"exception", "match", "<map>"},
    {"tests", "schema", "{'const':'seinpost/test/1'}"},
    {"tests", "tests", "[scenario]"},
    {"event", "source", "<source>"},
    {"event", "detection", "<detection>"},
    {"source", "type", "<types>"},
    {"alert", "suppress", "<suppress>"},
    {"test", "given", "[given]"},
    {"test", "expect", "{'anyOf':({'const':'none'},[expected])}"},
    {"score", "rules", "{'type':'object','minProperties':1}"},
    {"correlation", "rules", "<texts>"},
    {"correlation", "timespan", "{'allOf':(<duration>,{'not':{'enum':(0,'0')}})}"},
    {"correlation", "aliases", "{'type':'object','additionalProperties':<paths>}"},
    {"correlation", "min-count", "{'type':'object','additionalProperties':<count>}"},
    {"correlation", "steps", "<steps>"},
    {"correlation", "metrics", "<metrics>"},
    {"correlation", "condition", "<condition>"},
    {"correlation", "numerator", "<side>"},
    {"correlation", "denominator", "<side>"},
    {"correlation", "decay", "<decay>"},
    {"side", "metric", "<metric>"},
};

/* One event or several; who speaks for the person; what a stable rule also needs. */
#define RULE_DEMANDS                                                                           \
    ",'allOf':({'required':('unless')},"                                                       \
    "{'oneOf':({'required':('source','detection'),'properties':{'events':false}},"             \
    "{'required':('correlation'),'properties':{'source':false,'detection':false}})},"          \
    "{'if':{'properties':{'status':{'const':'stable'}}},'then':{'required':('author',"         \
    "'approved-by','review-by','expires','falsepositives','tests')}})"

/* Only a session has a gap, and it needs one. */
#define WINDOW_DEMANDS                                                                         \
    ",'if':{'required':('window'),'properties':{'window':{'const':'session'}}},"               \
    "'then':{'required':('gap')},'else':{'properties':{'gap':false}}"

static const struct {
    const char *name;
    const struct bind_table *table;
    const char *demands;
} parts[] = {
    {"rule", &document_rule_table, RULE_DEMANDS},
    {"list", &document_list_table, ""},
    {"exception", &document_exception_table, ""},
    {"tests", &document_test_table, ""},
    {"alert", &document_alert_table, ""},
    {"suppress", &document_suppress_table, ""},
    {"event", &entries_event_table, ""},
    {"source", &entries_source_table, ""},
    {"step", &steps_step_table, ""},
    {"absent", &steps_absent_table, ""},
    {"side", &tally_side_table, ""},
    {"decay", &weighing_decay_table, ""},
    {"test", &ruletest_test_table, ""},
    {"expected", &ruletest_expected_table, ""},
    {"entry", &load_entry_table, ""},
};

/* Parts that no table holds. Editors type a scalar without quotes; it means the same with them.
 */
static const struct {
    const char *name;
    const char *schema;
} fixed[] = {
    {"text", "{'type':('string','number','boolean'),'minLength':1}"},
    {"texts", "{'anyOf':(<text>,[text])}"},
    {"number",
     "{'anyOf':({'type':'integer','minimum':0},{'type':'string','pattern':'^:digit:+$'})}"},
    {"count", "{'allOf':(<number>,{'not':{'enum':(0,'0')}})}"},
    {"truth", "{'enum':(true,false,'true','false')}"},
    {"duration",
     "{'anyOf':({'const':0},{'type':'string','pattern':'^(0|(:digit:+(ms|s|m|h|d|w))+)$'})}"},
    {"date", "{'type':'string','pattern':'^:digit:{4}-:digit:{2}-:digit:{2}(T.*)?$'}"},
    {"name", "{'type':'string','pattern':'^:letter:{1,64}$'}"},
    {"scalar", "{'type':('string','number','boolean','null')}"},
    {"value", "{'anyOf':(<scalar>,[scalar])}"},
    {"paths", "{'type':'object','additionalProperties':<text>}"},
    {"search", "{'anyOf':(<map>,{'type':'array','minItems':1,'items':<map>})}"},
    {"detection",
     "{'type':'object','required':('condition'),'minProperties':2,'properties':"
     "{'condition':<text>},'additionalProperties':<search>,'propertyNames':<name>}"},
    {"events", "{'type':'object','minProperties':1,'additionalProperties':<event>,"
               "'propertyNames':<name>}"},
    {"unless", "{'anyOf':(<reason>,<facts>)}"},
    {"reason", "{'type':'object','required':('none'),'properties':{'none':<text>},"
               "'additionalProperties':{'enum':(null,'')}}"},
    {"facts", "{'type':'object','minProperties':1,'additionalProperties':<search>,"
              "'propertyNames':{'allOf':(<name>,{'not':{'const':'none'}})}}"},
    {"steps", "{'type':'array','minItems':2,'prefixItems':({'required':('rule'),'properties':"
              "{'within':false}}),'items':{'anyOf':(<step>,<absent>)}}"},
    {"metrics", "{'type':'object','minProperties':1,'propertyNames':<name>,"
                "'additionalProperties':<metric>}"},
    {"given", "{'type':'object','required':('at')}"},
    {"scenario", "{'allOf':(<test>,{'properties':{'expect':{'anyOf':({'const':'none'},"
                 "{'type':'array','items':{'required':('rule')}})}}})}"},
};

/* What a short word in a pattern stands for; patterns have brackets of their own. */
static const struct {
    const char *word;
    const char *means;
} classes[] = {{":digit:", "[0-9]"}, {":letter:", "[A-Za-z0-9_-]"}};

/* Writes out a class at the beginning of `at`. Returns how much it read; 0: there is none. */
static size_t add_class(struct text *text, const char *at)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        const size_t size = strlen(classes[i].word);
        if (strncmp(at, classes[i].word, size) == 0) {
            text_add(text, slice_of(classes[i].means));
            return size;
        }
    }
    return 0;
}

/* Writes a short schema out. Inside quotes only classes stand for something else. */
static void add_short(struct text *text, const char *schema)
{
    bool quoted = false;

    for (const char *at = schema; *at != '\0'; at++) {
        const size_t class_size = quoted ? add_class(text, at) : 0;
        quoted = *at == '\'' ? !quoted : quoted;
        if (class_size > 0) {
            at += class_size - 1;
        } else if (*at == '\'') {
            text_add_byte(text, '"');
        } else if (quoted) {
            text_add_byte(text, *at);
        } else if (*at == '<') {
            text_add(text, SLICE("{\"$ref\":\"#/$defs/"));
        } else if (*at == '>') {
            text_add(text, SLICE("\"}"));
        } else if (*at == '[') {
            text_add(text, SLICE("{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/"));
        } else if (*at == ']') {
            text_add(text, SLICE("\"}}"));
        } else {
            text_add_byte(text, *at == '(' ? '[' : *at == ')' ? ']' : *at);
        }
    }
}

static const char *find_link(const char *part, const char *key)
{
    for (size_t i = 0; part != NULL && i < sizeof links / sizeof links[0]; i++) {
        if (strcmp(links[i].part, part) == 0 && strcmp(links[i].key, key) == 0) {
            return links[i].schema;
        }
    }
    return NULL;
}

static void add_choices(struct text *text, const char *const *choices)
{
    text_add(text, SLICE("{\"enum\":["));
    for (size_t i = 0; choices[i] != NULL; i++) {
        text_format(text, "%s\"%s\"", i > 0 ? "," : "", choices[i]);
    }
    text_add(text, SLICE("]}"));
}

static void add_kind(struct text *text, const struct bind_key *key)
{
    static const char *const kinds[] = {[BIND_TEXT] = "<text>",
                                        [BIND_TEXTS] = "<texts>",
                                        [BIND_INT] = "<number>",
                                        [BIND_BOOL] = "<truth>",
                                        [BIND_DURATION] = "<duration>",
                                        [BIND_DATE] = "<date>",
                                        [BIND_NODE] = "true",
                                        [BIND_MAP] = "{'type':'object'}",
                                        [BIND_LIST] = "{'type':'array'}"};

    if (key->kind == BIND_CHOICE) {
        add_choices(text, key->choices);
    } else if (key->kind == BIND_CHOICES) {
        add_short(text, "{'anyOf':(");
        add_choices(text, key->choices);
        add_short(text, ",{'type':'array','minItems':1,'items':");
        add_choices(text, key->choices);
        add_short(text, "})}");
    } else {
        add_short(text, kinds[key->kind]);
    }
}

static void add_required(struct text *text, const struct bind_table *table)
{
    const char *separator = "";

    text_add(text, SLICE("\"required\":["));
    for (; table != NULL; table = table->more) {
        for (size_t i = 0; i < table->count; i++) {
            if (table->keys[i].required) {
                text_format(text, "%s\"%s\"", separator, table->keys[i].name);
                separator = ",";
            }
        }
    }
    text_add_byte(text, ']');
}

/* `type` is what the key of this name must be, whose links go first; NULL: any. */
static void add_part(struct text *text, const char *name, const struct bind_table *table,
                     const char *type)
{
    const char *separator = "";

    text_add(text, SLICE("{\"type\":\"object\","));
    add_required(text, table);
    text_add(text, SLICE(",\"additionalProperties\":false,\"properties\":{"));
    for (; table != NULL; table = table->more) {
        for (size_t i = 0; i < table->count; i++) {
            const struct bind_key *key = &table->keys[i];
            const char *own = find_link(type, key->name);
            const char *link = own != NULL ? own : find_link(name, key->name);
            text_format(text, "%s\n\"%s\":", separator, key->name);
            separator = ",";
            if (type != NULL && strcmp(key->name, "type") == 0) {
                text_format(text, "{\"const\":\"%s\"}", type);
            } else if (link != NULL) {
                add_short(text, link);
            } else {
                add_kind(text, key);
            }
        }
    }
    text_add_byte(text, '}');
}

static void add_correlations(struct text *text)
{
    text_add(text, SLICE("\"correlation\":{\"oneOf\":["));
    for (size_t i = 0; document_correlations[i] != NULL; i++) {
        text_format(text, "%s\n", i > 0 ? "," : "");
        add_part(text, "correlation", &document_kind_tables[i], document_correlations[i]);
        add_short(text, WINDOW_DEMANDS "}");
    }
    text_add(text, SLICE("]},\n"));
}

/* Names joined by `|`, for a pattern. */
static void add_names(struct text *text, const char *(*name)(size_t index))
{
    for (size_t i = 0; name(i) != NULL; i++) {
        text_format(text, "%s%s", i > 0 ? "|" : "", name(i));
    }
}

/* A path of some event type, or of an alert as an event. */
static void add_path(struct text *text, const struct catalogue *catalogue)
{
    text_add(text, SLICE("(event[.](id|source|time|type)|rule|stage|level|sector"));
    for (int i = KIND_NONE + 1; i < KINDS_COUNT; i++) {
        const struct slice name = kind_name((enum kind)i);
        text_format(text, "|%.*s(/[a-z_]+)?", SLICE_ARGS(name));
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct event_type *type = catalogue_type(catalogue, i);
        for (size_t j = 0; j < type->fields_count; j++) {
            const struct field *field = &type->fields[j];
            text_format(text, "|%.*s%s", SLICE_ARGS(field->name),
                        field->type == FIELD_PLACE ? "([.]country)?" : "");
        }
    }
    text_add_byte(text, ')');
}

static void add_patterns(struct text *text, const struct catalogue *catalogue)
{
    add_short(text, "'map':{'type':'object','minProperties':1,'additionalProperties':false,"
                    "'patternProperties':{");
    text_add(text, SLICE("\"^"));
    add_path(text, catalogue);
    text_add(text, SLICE("( [-+*/] "));
    add_path(text, catalogue);
    text_add(text, SLICE(")?([|]("));
    add_names(text, modifier_name);
    text_add(text, SLICE("))*$\":"));
    add_short(text, "<value>}},\n'condition':{'type':'object','minProperties':1,"
                    "'additionalProperties':<scalar>,'propertyNames':{'pattern':");
    text_add(text, SLICE("\"^([A-Za-z0-9_-]+[|])?("));
    add_names(text, metric_operator_name);
    text_add(text, SLICE(")$\""));
    add_short(text, "}},\n'metric':{'type':'string','pattern':");
    text_add(text, SLICE("\"^("));
    add_names(text, metric_function_name);
    text_add(text, SLICE(")[(].*[)]$\"},\n"));
}

/* A glob, or a type in full. */
static void add_types(struct text *text, const struct catalogue *catalogue)
{
    add_short(text, "'type':{'anyOf':({'enum':(");
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct slice name = catalogue_type(catalogue, i)->name;
        text_format(text, "%s\"%.*s\"", i > 0 ? "," : "", SLICE_ARGS(name));
    }
    add_short(text, ")},{'type':'string','pattern':");
    text_add(text, SLICE("\"[*?]\""));
    add_short(text, "})},\n'types':{'anyOf':(<type>,[type])}");
}

void outline_write(const struct catalogue *catalogue, struct text *text)
{
    text_add(text, SLICE("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"));
    add_short(text, "'title':'A document of a file of watch rules',\n"
                    "'oneOf':(<rule>,<list>,<exception>,<tests>),\n");
    text_add(text, SLICE("\"$defs\":{\n"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text_format(text, "\"%s\":", parts[i].name);
        add_part(text, parts[i].name, parts[i].table, NULL);
        add_short(text, parts[i].demands);
        text_add(text, SLICE("},\n"));
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        text_format(text, "\"%s\":", fixed[i].name);
        add_short(text, fixed[i].schema);
        text_add(text, SLICE(",\n"));
    }
    add_correlations(text);
    add_patterns(text, catalogue);
    add_types(text, catalogue);
    text_add(text, SLICE("}}\n"));
}
