#include "seinpost/cli/alertschema.h"

#include "seinpost/base/text.h"
#include "seinpost/registry/registry.h"

bool alertschema_find(const struct config_data *config, const char *topic,
                      const struct formats *formats, struct alertschema *schema, FILE *out)
{
    struct text subject = {0};

    *schema =
        (struct alertschema){formats->alert.fingerprint, formats->alert_earlier.fingerprint};
    if (config->alert_wire != SOURCE_CONFLUENT) {
        return true;
    }
    struct registry *registry = registry_new(config->registry);
    text_format(&subject, "%s-value%c", topic, '\0');
    /* the earlier one first: what it wrote is read as well */
    enum outcome outcome = OUTCOME_OK;
    if (formats->alert_earlier.json.size > 0) {
        outcome =
            registry_put(registry, subject.data, formats->alert_earlier.json, &schema->earlier);
    }
    if (outcome == OUTCOME_OK) {
        outcome = registry_put(registry, subject.data, formats->alert.json, &schema->now);
    }
    text_free(&subject);
    registry_free(registry);
    if (outcome != OUTCOME_OK) {
        (void)fprintf(out, "seinpost: %s does not take the schema of alerts\n",
                      config->registry);
    }
    return outcome == OUTCOME_OK;
}
