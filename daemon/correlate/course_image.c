#include "seinpost/correlate/course_image.h"

#include "seinpost/correlate/episode_image.h"

/* The place of an episode, from 1; 0: none. */
static int64_t number_of(const struct course *course, const struct episode *episode)
{
    size_t number = episode == NULL ? 0 : 1;

    while (number > 0 && course->episodes.items[number - 1] != episode) {
        number++;
    }
    return (int64_t)number;
}

static void save_edge(const struct course *course, const struct edge *edge, struct image *image)
{
    binary_put_bool(image->to, edge->open);
    binary_put_bool(image->to, edge->cut);
    binary_put_long(image->to, edge->ends_at.ms);
    binary_put_long(image->to, number_of(course, edge->episode));
    image_put_digest(image, edge->first);
    binary_put_long(image->to, edge->ordinal);
}

void course_image_save(const struct course *course, const struct rule *rule,
                       struct image *image)
{
    binary_put_long(image->to, (int64_t)course->episodes.count);
    for (size_t i = 0; i < course->episodes.count; i++) {
        episode_image_save(course->episodes.items[i], rule, image);
    }
    binary_put_long(image->to, (int64_t)course->edges.count);
    for (size_t i = 0; i < course->edges.count; i++) {
        save_edge(course, &course->edges.items[i], image);
    }
    binary_put_long(image->to, number_of(course, course->suppressing));
    binary_put_long(image->to, course->suppress_until.ms);
}

static struct episode *get_episode(const struct course *course, struct image_reader *reader)
{
    const size_t number = image_get_index(reader, course->episodes.count + 1);

    return number == 0 ? NULL : course->episodes.items[number - 1];
}

static struct edge load_edge(const struct course *course, struct image_reader *reader)
{
    struct edge edge = {.open = binary_get_bool(&reader->bytes)};

    edge.cut = binary_get_bool(&reader->bytes);
    edge.ends_at.ms = binary_get_long(&reader->bytes);
    edge.episode = get_episode(course, reader);
    edge.first = image_get_digest(reader);
    edge.ordinal = (unsigned)image_get_index(reader, (size_t)UINT32_MAX + 1);
    return edge;
}

void course_image_load(struct course *course, const struct rule *rule, size_t groups,
                       struct image_reader *reader)
{
    const size_t episodes = image_get_count(reader);

    for (size_t i = 0; i < episodes && image_is_good(reader); i++) {
        VECTOR_PUSH(&course->episodes, episode_image_load(rule, groups, reader));
    }
    const size_t edges = image_get_index(reader, groups + 1);
    for (size_t i = 0; i < edges && image_is_good(reader); i++) {
        VECTOR_PUSH(&course->edges, load_edge(course, reader));
    }
    course->suppressing = get_episode(course, reader);
    course->suppress_until.ms = binary_get_long(&reader->bytes);
}
