// Statements as one line of text: whole ones that have no body, the words before '{' of the others.
#include "syntax/print.h"

const char *decl_word(int op) {
    static const char *const WORDS[] = {"param", "in",     "out", "let",   "state", "hold",
                                        "bit",   "report", "reg", "input", "output"};
    return WORDS[op];
}

bool body_of(const ast *node, const ast **items) {
    switch (node->kind) {
    case AST_FILE:
    case AST_LOOP:
    case AST_PAR:
    case AST_GROUP:
    case AST_TEST:
    case AST_AFTER:
    case AST_INCLUDE_SEQUENCE:
        *items = node->a;
        return true;
    case AST_DEVICE:
    case AST_BLOCK:
    case AST_EXPERIMENT:
    case AST_AT:
    case AST_SEQUENCER:
    case AST_IF:
    case AST_HOLDPHASE:
    case AST_DATA:
    case AST_TRAIN:
        *items = node->b;
        return true;
    case AST_DURING:
    case AST_FOR:
    case AST_REPEAT:
        *items = node->c;
        return true;
    case AST_PRESENT:
        *items = node->c;
        return node->c != NULL;
    case AST_PHASE:
        *items = node->d;
        return true;
    case AST_RUN:
        *items = node->b;
        return !node->a;
    default:
        *items = NULL;
        return false;
    }
}

const ast *right_side_of(const ast *node) {
    switch (node->kind) {
    case AST_EQUATION:
    case AST_CONNECT:
    case AST_ASSIGN:
        return node->b;
    case AST_DRAW:
        return node->name || node->d ? NULL : node->b;
    case AST_MEASURE:
        return node->b ? NULL : node->a;
    default:
        return NULL;
    }
}

static void range(flat *f, const ast *from, const ast *to) {
    flat_expression(f, from);
    flat_text(f, " .. ");
    flat_expression(f, to);
}

// word expression, where there is one
static void word_and(flat *f, const char *word, const ast *e) {
    if (!e) return;
    flat_text(f, word);
    flat_right_side(f, e);
}

static void listed(flat *f, const char *open, const ast *list, void (*one)(flat *, const ast *),
                   const char *close) {
    if (!list) return;
    flat_text(f, open);
    ++f->level;
    flat_list(f, list, one);
    --f->level;
    flat_text(f, close);
}

void flat_decl(flat *f, const ast *decl) {
    flat_text(f, decl->name);
    listed(f, "[", decl->a, flat_expression, "]");
    word_and(f, ": ", decl->b);
    word_and(f, " in ", decl->c);
    word_and(f, " = ", decl->d);
}

void flat_part(flat *f, const ast *part) {
    flat_text(f, part->name);
    listed(f, "[", part->a, flat_expression, "]");
    word_and(f, ": ", part->b);
}

static void generic(flat *f, const ast *g) {
    static const char *const KINDS[] = {"", "[]", ": device", ": block", ": function"};
    text_add(f->out, "%s%s", g->name, KINDS[g->op]);
    word_and(f, " = ", g->a);
}

static void definition(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_IMPORT:
        text_add(f->out, "import %s;", node->name);
        break;
    case AST_FUNCTION:
        text_add(f->out, "function %s(", node->name);
        flat_list(f, node->a, flat_decl);
        flat_text(f, ")");
        word_and(f, ": ", node->b);
        word_and(f, " = ", node->c);
        flat_text(f, ";");
        break;
    case AST_EXPERIMENT:
        text_add(f->out, "experiment %s %s ", node->name, node->op == OF_BLOCK ? "of" : "like");
        flat_expression(f, node->a);
        break;
    default:
        text_add(f->out, "%s %s", node->kind == AST_DEVICE ? "device" : "block", node->name);
        listed(f, "(", node->a, generic, ")");
    }
}

static void declaration(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_DECLS:
        text_add(f->out, "%s ", decl_word(node->op));
        flat_list(f, node->a, flat_decl);
        break;
    case AST_TERMINAL:
        flat_text(f, "terminal ");
        flat_list(f, node->a, flat_expression);
        break;
    case AST_LINE:
        text_add(f->out, "line %s %s", node->op == SIDE_ROW ? "row" : "col", node->name);
        word_and(f, ": ", node->a);
        break;
    case AST_NODE:
        flat_text(f, "node ");
        flat_list(f, node->a, flat_expression);
        break;
    case AST_PARTS:
        flat_text(f, "part ");
        flat_list(f, node->a, flat_part);
        break;
    default:
        text_add(f->out, "crossbar %s[", node->name);
        flat_expression(f, node->a);
        flat_text(f, " rows, ");
        flat_expression(f, node->b);
        flat_text(f, " cols] of ");
        flat_expression(f, node->c);
        listed(f, " with ", node->d, flat_expression, "");
    }
    flat_text(f, ";");
}

static void held(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_PHASE:
        text_add(f->out, "phase %s", node->name);
        listed(f, "(", node->a, flat_decl, ")");
        word_and(f, " for ", node->b);
        listed(f, " with ", node->c, flat_expression, "");
        return;
    case AST_AT:
        flat_text(f, node->op == AT_BEGIN ? "at begin" : node->op == AT_END ? "at end" : "at ");
        flat_expression(f, node->a);
        return;
    case AST_DURING:
        flat_text(f, "during ");
        range(f, node->a, node->b);
        return;
    case AST_IMPLICIT:
        flat_expression(f, node->a);
        break;
    case AST_ASSERT:
    case AST_REQUIRE:
        word_and(f, node->kind == AST_ASSERT ? "assert " : "require ", node->a);
        break;
    default: // EQUATION, ASSIGN, CONNECT
        flat_expression(f, node->a);
        word_and(f, node->kind == AST_CONNECT ? " <- " : " = ", node->b);
    }
    flat_text(f, ";");
}

static void guarantee(flat *f, const ast *node) {
    word_and(f, node->op == GUARANTEE_NEVER ? "guarantee never " : "guarantee ", node->a);
    if (node->op == GUARANTEE_NEVER) word_and(f, " with ", node->b);
    if (node->op == GUARANTEE_WITHIN) {
        word_and(f, " within ", node->b);
        word_and(f, " cycles of ", node->c);
    }
    flat_text(f, ";");
}

static void control(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_SEQUENCER:
        text_add(f->out, "sequencer %s", node->name);
        listed(f, "(", node->a, flat_expression, ")");
        return;
    case AST_LOOP:
        flat_text(f, "loop");
        return;
    case AST_FOR:
        text_add(f->out, "for %s in ", node->name);
        range(f, node->a, node->b);
        return;
    case AST_REPEAT:
        word_and(f, "repeat ", node->a);
        word_and(f, node->a ? " while " : "repeat while ", node->b);
        return;
    case AST_IF:
        word_and(f, "if ", node->a);
        return;
    case AST_PAR:
        flat_text(f, "par");
        return;
    case AST_GROUP:
        return;
    case AST_HOLDPHASE:
        word_and(f, "during ", node->a);
        return;
    case AST_AWAIT:
        word_and(f, "await ", node->a);
        if (node->op == AWAIT_CYCLES) flat_text(f, " cycles");
        break;
    case AST_PULSE:
        word_and(f, "pulse ", node->a);
        break;
    case AST_COMPARE:
        flat_expression(f, node->a);
        word_and(f, " until ", node->b);
        break;
    default:
        flat_expression(f, node->a); // RUNPHASE
    }
    flat_text(f, ";");
}

static void data(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_DATA:
        if (node->op == DATA_ROWS) {
            flat_text(f, "data rows");
        } else if (node->op == DATA_CSV) {
            word_and(f, "data csv ", node->a);
        } else {
            const ast *labels = node->a->next;
            word_and(f, "data idx train ", node->a);
            word_and(f, ", ", labels);
            word_and(f, " test ", labels->next);
            word_and(f, ", ", labels->next->next);
        }
        return;
    case AST_ROWS:
        text_add(f->out, "%s = ", node->name);
        flat_list(f, node->a, flat_expression);
        break;
    case AST_SPLIT:
        word_and(f, node->op == SPLIT_ORDER ? "split in order train " : "split train ", node->a);
        word_and(f, ", test ", node->b);
        break;
    default:
        word_and(f, "sequence ", node->a);
    }
    flat_text(f, ";");
}

static void draw(flat *f, const ast *node) {
    static const char *const WORDS[] = {"init ", "vary ", "noise "};
    flat_text(f, WORDS[node->op]);
    flat_list(f, node->a, flat_expression);
    text_add(f->out, " %s ", node->c->name);
    flat_right_side(f, node->b);
    if (node->name) text_add(f->out, " per %s", node->name);
    word_and(f, " per ", node->d);
    flat_text(f, ";");
}

static void experiment(flat *f, const ast *node) {
    switch (node->kind) {
    case AST_TRAIN:
        word_and(f, "train ", node->a);
        flat_text(f, node->op == TRAIN_EPOCHS ? " epochs" : " trials");
        word_and(f, " ", node->c);
        return;
    case AST_TEST:
        flat_text(f, node->op == TEST_END ? "test" : "test every epoch");
        return;
    case AST_AFTER:
        flat_text(f, "after epoch");
        return;
    case AST_INCLUDE_SEQUENCE:
        text_add(f->out, "for %s in sequence", node->name);
        return;
    case AST_RUN:
        flat_text(f, "run");
        word_and(f, " for ", node->a);
        if (!node->a) return;
        break;
    case AST_PRESENT:
        word_and(f, "present for ", node->a);
        word_and(f, " edge ", node->b);
        if (node->c) return;
        break;
    case AST_MEASURE:
        text_add(f->out, "measure %s = ", node->name);
        flat_right_side(f, node->a);
        word_and(f, " at ", node->b);
        break;
    case AST_RECORD:
    case AST_PLOT:
        flat_text(f, node->kind == AST_PLOT ? "plot " : "record ");
        flat_list(f, node->a, flat_expression);
        word_and(f, node->kind == AST_PLOT ? " over " : " at every ", node->b);
        word_and(f, " from ", node->c);
        break;
    case AST_REPEATS:
        word_and(f, "repeat ", node->a);
        break;
    case AST_EXPECT:
        word_and(f, "expect ", node->a);
        word_and(f, " where ", node->b);
        break;
    case AST_SWEEP:
        flat_text(f, "sweep ");
        for (const ast *one = node->a; one; one = one->next) {
            text_add(f->out, "%s%s in ", one == node->a ? "" : ", ", one->name);
            flat_expression(f, one->a);
        }
        break;
    default:
        word_and(f, "solver ", node->a);
    }
    flat_text(f, ";");
}

void flat_line(flat *f, const ast *node) {
    static void (*const ONE[AST_COUNT])(flat *, const ast *) = {
        [AST_IMPORT] = definition,
        [AST_FUNCTION] = definition,
        [AST_DEVICE] = definition,
        [AST_BLOCK] = definition,
        [AST_EXPERIMENT] = definition,

        [AST_DECLS] = declaration,
        [AST_TERMINAL] = declaration,
        [AST_LINE] = declaration,
        [AST_NODE] = declaration,
        [AST_PARTS] = declaration,
        [AST_CROSSBAR] = declaration,
        [AST_DECL] = flat_decl,
        [AST_PART] = flat_part,
        [AST_GENERIC] = generic,

        [AST_EQUATION] = held,
        [AST_IMPLICIT] = held,
        [AST_CONNECT] = held,
        [AST_PHASE] = held,
        [AST_AT] = held,
        [AST_DURING] = held,
        [AST_ASSIGN] = held,
        [AST_ASSERT] = held,
        [AST_REQUIRE] = held,

        [AST_GUARANTEE] = guarantee,
        [AST_SEQUENCER] = control,
        [AST_LOOP] = control,
        [AST_FOR] = control,
        [AST_REPEAT] = control,
        [AST_IF] = control,
        [AST_PAR] = control,
        [AST_GROUP] = control,
        [AST_AWAIT] = control,
        [AST_PULSE] = control,
        [AST_RUNPHASE] = control,
        [AST_COMPARE] = control,
        [AST_HOLDPHASE] = control,

        [AST_DATA] = data,
        [AST_ROWS] = data,
        [AST_SPLIT] = data,
        [AST_SEQUENCE] = data,
        [AST_DRAW] = draw,
        [AST_TRAIN] = experiment,
        [AST_TEST] = experiment,
        [AST_AFTER] = experiment,
        [AST_RUN] = experiment,
        [AST_PRESENT] = experiment,
        [AST_MEASURE] = experiment,
        [AST_RECORD] = experiment,
        [AST_PLOT] = experiment,
        [AST_REPEATS] = experiment,
        [AST_EXPECT] = experiment,
        [AST_SWEEP] = experiment,
        [AST_SOLVER] = experiment,
        [AST_INCLUDE_SEQUENCE] = experiment,
    };
    (ONE[node->kind] ? ONE[node->kind] : flat_right_side)(f, node);
}
