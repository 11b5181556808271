// The front end: words and numbers, precedence, messages and recovery, the printer, documentation.
// The cases of tests/golden/syntax/ run here too: NAME.weft with NAME.out must give these messages,
// the others none; with WEFT_REWRITE set, the .out are written anew instead of compared.
#include "support/file.h"
#include "syntax/ast.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>

static arena *home;
static diag *found;

static void set_up(void) {
    home = arena_new();
    found = diag_new(home);
}
static void tear_down(void) {
    arena_free(home);
}

static syntax_file *parse(const char *path, const char *bytes, size_t length) {
    return syntax_parse(home, names_new(home), found, diag_add_source(found, path, bytes, length));
}
static syntax_file *parse_text(const char *bytes) {
    return parse("test.weft", bytes, strlen(bytes));
}

static char *read(const char *path, size_t *length) {
    const char *problem = NULL;
    char *bytes = file_read(home, path, length, &problem);
    ck_assert_msg(bytes != NULL, "%s: %s", path, problem);
    return bytes;
}

static char *messages(void) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&bytes, &length);
    diag_print(found, memory);
    fclose(memory);
    char *kept = arena_copy(home, bytes, length);
    free(bytes);
    return kept;
}

// The right side of `x = ...;` in a block.
static const ast *right_side(const char *expression) {
    const char *bytes = arena_text(home, "block b {\n  x = %s;\n}\n", expression);
    const syntax_file *file = parse_text(bytes);
    ck_assert_msg(diag_errors(found) == 0, "%s: %s", expression, messages());
    return file->root->a->b->b;
}

// With every operation in brackets.
static const char *bracketed(const ast *e) {
    text t = text_in(home);
    if (e->kind == AST_BINARY)
        text_add(&t, "[%s%s%s]", bracketed(e->a), ast_op_text((ast_op)e->op), bracketed(e->b));
    else if (e->kind == AST_UNARY)
        text_add(&t, "[%s %s]", ast_op_text((ast_op)e->op), bracketed(e->a));
    else
        syntax_print_node(e, &t);
    return t.at;
}

// ---- numbers ----

START_TEST(numbers_are_the_nearest_doubles_of_their_decimals) {
    static const struct {
        const char *text, *unit;
        double value; // by the C compiler, from the decimal the literal stands for
    } CASES[] = {
        {"0", NULL, 0.0},
        {"12.5", NULL, 12.5},
        {"180u", NULL, 180e-6},
        {"4.8%", NULL, 4.8e-2},
        {"6.6%", NULL, 6.6e-2},
        {"3m", NULL, 3e-3},
        {"3mm", "m", 3e-3},
        {"0.1pF", "F", 0.1e-12},
        {"1f", NULL, 1e-15},
        {"1F", "F", 1.0},
        {"10kOhm", "Ohm", 10e3},
        {"2.7MHz", "Hz", 2.7e6},
        {"3G", NULL, 3e9},
        {"1.5e-3V", "V", 1.5e-3},
        {"300K", "K", 300.0},
        {"5s", "s", 5.0},
        {"50ms", "s", 50e-3},
        {"0.3n", NULL, 0.3e-9},
        {"1e300", NULL, 1e300},
        {"0.000000000000000000000000000000000000001m", NULL, 1e-42},
        {"123456789012345678901234567890u", NULL, 123456789012345678901234567890e-6},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; ++k) {
        const ast *number = right_side(CASES[k].text);
        ck_assert_int_eq(number->kind, AST_NUM);
        ck_assert_str_eq(number->name, CASES[k].text);
        ck_assert_msg(number->num == CASES[k].value, "%s: %a, not %a", CASES[k].text, number->num,
                      CASES[k].value);
        if (CASES[k].unit)
            ck_assert_str_eq(number->unit->name, CASES[k].unit);
        else
            ck_assert_ptr_null(number->unit);
    }
}
END_TEST

START_TEST(ranges_are_not_decimals) {
    const syntax_file *file =
        parse_text("block b { phase p { during 0..n { } during 1 .. 2.5 { } } }");
    ck_assert_uint_eq(diag_errors(found), 0);
    const ast *window = file->root->a->b->d;
    ck_assert_str_eq(window->a->name, "0");
    ck_assert_str_eq(window->b->name, "n");
    ck_assert_str_eq(window->next->b->name, "2.5");
}
END_TEST

// ---- expressions ----

START_TEST(operators_bind_as_the_reference_says) {
    static const char *const CASES[][2] = {
        {"a + b * c", "[a+[b*c]]"},
        {"a - b - c", "[[a-b]-c]"},
        {"a / b * c", "[[a/b]*c]"},
        {"-a^2", "[- [a^2]]"},
        {"-a * b", "[[- a]*b]"},
        {"2^-3 * a", "[[2^[- 3]]*a]"},
        {"a < b + c", "[a<[b+c]]"},
        {"not a == b", "[not [a==b]]"},
        {"not a and b", "[[not a]and b]"},
        {"a or b and c", "[a or [b and c]]"},
        {"a xor b and c or d", "[[a xor [b and c]]or d]"},
        {"a << 1 + b > c", "[[a<<[1+b]]>c]"},
        {"a < -b", "[a<[- b]]"},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; ++k) {
        const char *got = bracketed(right_side(CASES[k][0]));
        text plain = text_in(home), wanted = text_in(home);
        for (const char *c = got; *c; ++c)
            if (*c != ' ') text_put(&plain, c, 1);
        for (const char *c = CASES[k][1]; *c; ++c)
            if (*c != ' ') text_put(&wanted, c, 1);
        ck_assert_msg(strcmp(plain.at, wanted.at) == 0, "%s: %s", CASES[k][0], got);
    }
}
END_TEST

START_TEST(paths_reductions_and_cases_have_their_nodes) {
    const ast *path = right_side("w.row[i].i");
    ck_assert_int_eq(path->kind, AST_MEMBER);
    ck_assert_str_eq(path->name, "i");
    ck_assert_int_eq(path->a->kind, AST_INDEX);
    ck_assert_str_eq(path->a->a->name, "row");
    ck_assert_str_eq(path->a->a->a->name, "w");
    const ast *sum = right_side("max(l, k where l < k: ov[l, k])");
    ck_assert_int_eq(sum->kind, AST_REDUCE);
    ck_assert_str_eq(sum->name, "max");
    ck_assert_uint_eq(ast_length(sum->a), 2);
    ck_assert_int_eq(sum->b->op, OP_LT);
    ck_assert_int_eq(sum->c->kind, AST_INDEX);
    const ast *when = right_side("when a: 1, when b: 2, else 3");
    ck_assert_int_eq(when->kind, AST_WHEN);
    ck_assert_uint_eq(ast_length(when->a), 2);
    ck_assert_str_eq(when->a->next->b->name, "2");
    ck_assert_str_eq(when->b->name, "3");
    const ast *call = right_side("max(a, n = b)");
    ck_assert_int_eq(call->kind, AST_CALL);
    ck_assert_ptr_null(call->b->name);
    ck_assert_str_eq(call->b->next->name, "n");
}
END_TEST

START_TEST(places_span_what_was_written) {
    const char *bytes = "block b {\n  xy = foo + b[3];\n}\n";
    const syntax_file *file = parse_text(bytes);
    const ast *equation = file->root->a->b, *right = equation->b;
    ck_assert_uint_eq(equation->at.begin, 12);
    ck_assert_uint_eq(equation->at.end, 28);
    ck_assert_uint_eq(right->at.begin, 17);
    ck_assert_uint_eq(right->b->at.begin, 23);
    ck_assert_uint_eq(right->b->at.end, 27);
}
END_TEST

// ---- words ----

START_TEST(contextual_words_are_names_and_reserved_ones_are_not) {
#define RESERVED true
#define CONTEXTUAL false
    static const struct {
        const char *text;
        bool reserved;
    } WORDS[] = {
#define KEYWORD(token, text, standing, meaning) {text, standing},
#include "../../grammar/keywords.def"
#undef KEYWORD
    };
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; ++k) {
        const char *w = WORDS[k].text;
        found = diag_new(home);
        parse_text(arena_text(home,
                              "block %s { param %s = 1; let y = %s + %s.%s[%s]; }\n"
                              "experiment %s of %s { %s = %s; init %s ~ %s; record %s; }\n",
                              w, w, w, w, w, w, w, w, w, w, w, w, w));
        ck_assert_msg((diag_errors(found) > 0) == WORDS[k].reserved, "%s: %s", w, messages());
    }
}
END_TEST

START_TEST(the_reference_names_every_rule_and_word) {
    size_t length;
    const char *grammar = read("grammar/weft.y", &length);
    const char *reference = read("grammar/README.md", &length);
    int rules = 0;
    for (const char *line = strstr(grammar, "\n%%\n") + 4; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
        if (!n || line[n] != ':') continue;
        const char *rule = arena_text(home, "`%.*s`", (int)n, line);
        ck_assert_msg(strstr(reference, rule) != NULL, "%s is not in grammar/README.md", rule);
        ++rules;
    }
    ck_assert_int_gt(rules, 80);
#define KEYWORD(token, text, standing, meaning)                                                    \
    ck_assert_msg(strstr(reference, "`" text "`") != NULL, "%s is not in grammar/README.md", text);
#include "../../grammar/keywords.def"
#undef KEYWORD
}
END_TEST

START_TEST(the_snippets_of_the_reference_are_correct) {
    size_t length;
    const char *place = read("grammar/README.md", &length);
    int count = 0;
    while ((place = strstr(place, "\n```weft\n")) != NULL) {
        place += strlen("\n```weft\n");
        const char *end = strstr(place, "\n```");
        ck_assert_ptr_nonnull(end);
        parse("snippet", arena_copy(home, place, (size_t)(end + 1 - place)),
              (size_t)(end + 1 - place));
        ck_assert_msg(diag_errors(found) == 0, "%s", messages());
        ++count;
    }
    ck_assert_int_gt(count, 10);
}
END_TEST

// ---- the printer ----

// Prints, reads that, and prints again: the same tree, the same comments, the same text.
static void check_round(const char *path, const syntax_file *file) {
    text once = text_in(home), twice = text_in(home);
    syntax_print(file, &once);
    const syntax_file *again = parse(path, once.at, once.n);
    syntax_print(again, &twice);
    ck_assert_msg(diag_errors(found) == 0, "%s: %s", path, messages());
    ck_assert_msg(ast_same(file->root, again->root), "%s: another tree from\n%s", path, once.at);
    ck_assert_msg(file->comment_count == again->comment_count, "%s: comments lost in\n%s", path,
                  once.at);
    ck_assert_msg(strcmp(once.at, twice.at) == 0, "%s: not stable:\n%s\n---\n%s", path, once.at,
                  twice.at);
}

START_TEST(equality_sees_every_difference) {
    static const char *const TEXTS[] = {"a + b",
                                        "a - b",
                                        "a + c",
                                        "a + b + c",
                                        "f(a)",
                                        "f(x = a)",
                                        "a[1]",
                                        "a[1, 2]",
                                        "sum(a: b)",
                                        "1V",
                                        "1",
                                        "1.0",
                                        "{1, 2}",
                                        "(1)",
                                        "-a",
                                        "not a",
                                        "a.b",
                                        "\"a\"",
                                        "when a: b, else c",
                                        "when a: b, when a: b, else c"};
    const size_t n = sizeof TEXTS / sizeof *TEXTS;
    for (size_t k = 0; k < n; ++k)
        for (size_t l = 0; l < n; ++l) {
            bool parens = (k == 10 && l == 13) || (k == 13 && l == 10); // 1 and (1)
            ck_assert_msg(ast_same(right_side(TEXTS[k]), right_side(TEXTS[l])) ==
                              (k == l || parens),
                          "%s, %s", TEXTS[k], TEXTS[l]);
        }
}
END_TEST

START_TEST(the_normal_form_is_as_described) {
    const char *given = "block  b{param a=1,b :V=2 ;/// both\n\n\n// alone\nphase p for 2 * t{x=1;}"
                        "x=when aaaaaaaaaaaaaaaaaaaaaaaaaaa>1:2*bbbbbbbbbbbbbbbbbbbbbbb,when c:3,"
                        "else dddddddddddddddddddddddddddddd;y=(a) ;}";
    const char *wanted =
        "block b {\n"
        "  param a = 1, b: V = 2;  /// both\n"
        "\n"
        "  // alone\n"
        "  phase p for 2 * t { x = 1; }\n"
        "  x = when aaaaaaaaaaaaaaaaaaaaaaaaaaa > 1: 2 * bbbbbbbbbbbbbbbbbbbbbbb,\n"
        "      when c: 3,\n"
        "      else dddddddddddddddddddddddddddddd;\n"
        "  y = (a);\n"
        "}\n";
    text out = text_in(home);
    const syntax_file *file = parse_text(given);
    syntax_print(file, &out);
    ck_assert_str_eq(out.at, wanted);
    check_round("given", file);
}
END_TEST

START_TEST(a_tree_gets_the_brackets_it_needs) {
    const ast *sum = right_side("a + b"), *when = right_side("when a: 1, else 2");
    ast product = {
        .kind = AST_BINARY, .op = OP_MUL, .a = (ast *)(uintptr_t)sum, .b = (ast *)(uintptr_t)when};
    ast minus = {.kind = AST_UNARY, .op = OP_NEG, .a = &product};
    ast power = {
        .kind = AST_BINARY, .op = OP_POW, .a = &minus, .b = (ast *)(uintptr_t)right_side("3")};
    text out = text_in(home);
    syntax_print_node(&power, &out);
    ck_assert_str_eq(out.at, "(-((a + b) * (when a: 1, else 2)))^3");
}
END_TEST

START_TEST(documentation_is_found) {
    const syntax_file *file = parse_text("/// What it is,\n"
                                         "/// and why.\n"
                                         "block b {\n"
                                         "  param a = 1, c = 2;   /// the last\n"
                                         "  /// above\n"
                                         "  param d = 1;\n"
                                         "  param e = 1;  // no documentation\n"
                                         "  //// a ruler\n"
                                         "  in x,   /// first\n"
                                         "     y;   /// second\n"
                                         "}\n"
                                         "block c { }\n");
    const ast *block = file->root->a, *item = block->b;
    ck_assert_str_eq(syntax_document(file, block, home), "What it is, and why.");
    ck_assert_str_eq(syntax_document(file, item->a, home), "");
    ck_assert_str_eq(syntax_document(file, item->a->next, home), "the last");
    item = item->next;
    ck_assert_str_eq(syntax_document(file, item->a, home), "above");
    item = item->next;
    ck_assert_str_eq(syntax_document(file, item->a, home), "");
    item = item->next;
    ck_assert_str_eq(syntax_document(file, item->a, home), "first");
    ck_assert_str_eq(syntax_document(file, item->a->next, home), "second");
    ck_assert_str_eq(syntax_document(file, block->next, home), "");
}
END_TEST

// ---- files ----

static void check_golden(const char *name) {
    size_t length, wanted_length;
    const char *problem, *path = arena_text(home, "tests/golden/syntax/%s", name);
    const char *out = arena_text(home, "%.*s.out", (int)strlen(path) - 5, path);
    char *bytes = read(path, &length);
    found = diag_new(home);
    const syntax_file *file = parse(name, bytes, length);
    if (!file_exists(out)) {
        ck_assert_msg(diag_errors(found) == 0, "%s", messages());
        check_round(name, file);
    } else if (getenv("WEFT_REWRITE")) {
        const char *got = messages();
        ck_assert(file_write(out, got, strlen(got), &problem));
    } else {
        ck_assert_str_eq(messages(), read(out, &wanted_length));
    }
}

START_TEST(golden_files_give_what_they_should) {
    DIR *folder = opendir("tests/golden/syntax");
    int count = 0;
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t n = strlen(entry->d_name);
        if (n < 6 || strcmp(entry->d_name + n - 5, ".weft") != 0) continue;
        check_golden(entry->d_name);
        ++count;
    }
    closedir(folder);
    ck_assert_int_ge(count, 13);
}
END_TEST

// `x = BEFORE middle AFTER;` with many times BEFORE and AFTER.
static const char *deep(const char *before, const char *middle, const char *after, int times) {
    text t = text_in(home);
    text_add(&t, "block b {\n  x = ");
    for (int k = 0; k < times; ++k)
        text_add(&t, "%s", before);
    text_add(&t, "%s", middle);
    for (int k = 0; k < times; ++k)
        text_add(&t, "%s", after);
    text_add(&t, ";\n}\n");
    return t.at;
}

START_TEST(nesting_ends_in_one_message) {
    static const struct {
        const char *before, *middle, *after;
        int fine, deep;
    } CASES[] = {
        {"(", "1", ")", 240, 260},    {"f(x, ", "1", ")", 240, 100000},
        {"x[", "1", "]", 240, 10000}, {"- ", "1", "", 900, 12000},
        {"a + ", "b", "", 900, 1100}, {"not ", "b", "", 900, 100000},
        {"", "a", ".b", 900, 1100},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; ++k) {
        found = diag_new(home);
        const char *fine = deep(CASES[k].before, CASES[k].middle, CASES[k].after, CASES[k].fine);
        const syntax_file *file = parse_text(fine);
        ck_assert_msg(diag_errors(found) == 0, "%s: %s", CASES[k].before, messages());
        check_round("deep", file);
        parse_text(deep(CASES[k].before, CASES[k].middle, CASES[k].after, CASES[k].deep));
        ck_assert_msg(diag_errors(found) == 1, "%s: %s", CASES[k].before, messages());
        ck_assert_ptr_nonnull(strstr(messages(), "error[E0119]: nested deeper than"));
    }
}
END_TEST

static uint64_t drawn = 88172645463325252u;
static size_t draw(size_t below) {
    drawn ^= drawn << 13, drawn ^= drawn >> 7, drawn ^= drawn << 17;
    return (size_t)(drawn % below);
}

// One parse of a changed text, in memory of its own; what is still correct must survive printing.
static void check_changed(const char *bytes, size_t length) {
    arena *kept = home;
    home = arena_new();
    found = diag_new(home);
    const syntax_file *file = parse("changed", bytes, length);
    ck_assert_int_eq(file->root->kind, AST_FILE);
    if (diag_errors(found) == 0)
        check_round("changed", file);
    else
        ck_assert_uint_gt(strlen(messages()), 20);
    arena_free(home);
    home = kept;
}

START_TEST(no_beginning_of_a_file_is_too_short) {
    size_t length;
    char *bytes = read("tests/golden/syntax/all.weft", &length);
    for (size_t n = 0; n < length; n += 3) {
        char *part = malloc(n + 1); // so that reading behind the end is seen
        memcpy(part, bytes, n);
        part[n] = 0;
        check_changed(part, n);
        free(part);
    }
}
END_TEST

START_TEST(comments_survive_anywhere_and_damage_is_reported) {
    static const char *const BITS[] = {
        " /* c */ ", " // d\n", "\n  /// e\n", "\n\n", "/* m\n n */", "{",     "}", ";",
        "(",         " else ",  "\nblock x {", "\"",   "\xc2",        " for ", "= "};
    size_t length;
    char *bytes = read("tests/golden/syntax/all.weft", &length);
    for (int round = 0; round < 1500; ++round) {
        const char *bit = BITS[draw(round % 3 ? 5 : sizeof BITS / sizeof *BITS)];
        size_t at = draw(length), n = strlen(bit);
        char *changed = malloc(length + n + 1);
        memcpy(changed, bytes, at);
        memcpy(changed + at, bit, n);
        memcpy(changed + at + n, bytes + at, length - at + 1);
        check_changed(changed, length + n);
        free(changed);
    }
}
END_TEST

int main(void) {
    const TTest *const TESTS[] = {
        numbers_are_the_nearest_doubles_of_their_decimals,
        ranges_are_not_decimals,
        operators_bind_as_the_reference_says,
        paths_reductions_and_cases_have_their_nodes,
        places_span_what_was_written,
        contextual_words_are_names_and_reserved_ones_are_not,
        the_reference_names_every_rule_and_word,
        the_snippets_of_the_reference_are_correct,
        equality_sees_every_difference,
        the_normal_form_is_as_described,
        a_tree_gets_the_brackets_it_needs,
        documentation_is_found,
        golden_files_give_what_they_should,
        nesting_ends_in_one_message,
        no_beginning_of_a_file_is_too_short,
        comments_survive_anywhere_and_damage_is_reported,
    };
    Suite *suite = suite_create("syntax");
    TCase *cases = tcase_create("all");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120);
    for (size_t k = 0; k < sizeof TESTS / sizeof *TESTS; ++k)
        tcase_add_test(cases, TESTS[k]);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
