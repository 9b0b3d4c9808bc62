#include "seinpost/yaml/remark.h"

#include "seinpost/base/arena.h"
#include "seinpost/yaml/lexeme.h"

struct remark_list remark_find(struct arena *arena, struct slice text)
{
    const struct lexeme_list lexemes = lexeme_cut(arena, text);
    struct remark *items = arena_alloc(arena, lexemes.count * sizeof *items);
    struct remark_list list = {.items = items};

    for (size_t i = 0; i < lexemes.count; i++) {
        const struct lexeme *at = &lexemes.items[i];
        if (at->kind == LEXEME_COMMENT) {
            items[list.count++] = (struct remark){
                .line = at->line, .column = at->column, .text = at->text, .alone = at->alone};
        }
    }
    return list;
}
