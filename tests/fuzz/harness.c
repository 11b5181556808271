// One input through a part of weft, in this process; see harness.h.
#include "fuzz/harness.h"

#include "data.h"
#include "driver.h"
#include "emit/backend.h"
#include "interp/interp.h"
#include "model/elaborate.h"
#include "save.h"
#include "support/file.h"

#include <stdlib.h>

// ---- the text at hand instead of a file ----

static const void *at_hand;
static size_t at_hand_length;

char *__real_file_read(arena *home, const char *path, size_t *length, const char **problem);
char *__wrap_file_read(arena *home, const char *path, size_t *length, const char **problem);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

static bool is_named(const char *path, const char *name) {
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, name) == 0;
}

char *__wrap_file_read(arena *home, const char *path, size_t *length, const char **problem) {
    if (!is_named(path, HARNESS_FILE)) return __real_file_read(home, path, length, problem);
    *length = at_hand_length;
    return arena_copy(home, at_hand, at_hand_length);
}

FILE *__wrap_fopen(const char *path, const char *mode) {
    if (!is_named(path, HARNESS_TABLE)) return __real_fopen(path, mode);
    // fmemopen refuses a length of 0, and never writes in this mode.
    if (at_hand_length == 0) return __real_fopen("/dev/null", mode);
    return fmemopen((void *)at_hand, at_hand_length, "rb");
}

static void take(const void *bytes, size_t length) {
    at_hand = bytes;
    at_hand_length = length;
}

static const char *library(void) {
    const char *home = getenv("WEFT_HOME");
    return home ? home : ".";
}

static void must(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "harness: %s\n", what);
    abort();
}

// ---- the compiler ----

harness_result harness_check(const char *folder, const void *bytes, size_t length) {
    harness_result result = {0};
    char path[500], *said = NULL;
    size_t said_length = 0;
    snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", HARNESS_FILE);
    take(bytes, length);
    struct options options = {.command = COMMAND_check, .file = path, .max_errors = 20, .jobs = 1};
    FILE *before = stderr;
    stderr = open_memstream(&said, &said_length);
    must(stderr != NULL, "no memory");
    result.status = weft_drive(&options);
    fclose(stderr);
    stderr = before;
    result.length = said_length;
    snprintf(result.said, sizeof result.said, "%s", said);
    free(said);
    return result;
}

typedef struct reading {
    arena *home;
    names *words;
    diag *diag;
} reading;

static reading reading_begin(void) {
    arena *home = arena_new();
    return (reading){home, names_new(home), diag_new(home)};
}

// Messages are printed too: their places must lie inside the text.
static void reading_end(reading *r) {
    static FILE *nowhere;
    if (!nowhere) nowhere = __real_fopen("/dev/null", "wb");
    diag_print(r->diag, nowhere);
    arena_free(r->home);
}

static text printed(reading *r, const char *bytes, size_t length) {
    source *s = diag_add_source(r->diag, HARNESS_FILE, bytes, length);
    text t = text_in(r->home);
    syntax_file *file = syntax_parse(r->home, r->words, r->diag, s);
    if (diag_errors(r->diag) == 0) syntax_print(file, &t);
    return t;
}

void harness_parse(const uint8_t *bytes, size_t length) {
    reading r = reading_begin();
    text once = printed(&r, arena_copy(r.home, (const char *)bytes, length), length);
    if (diag_errors(r.diag) == 0) {
        text twice = printed(&r, once.n ? once.at : "", once.n);
        must(diag_errors(r.diag) == 0, "what was printed does not parse");
        must(once.n == twice.n && (once.n == 0 || memcmp(once.at, twice.at, once.n) == 0),
             "what was printed prints differently");
    }
    reading_end(&r);
}

static void emit_all(reading *r, model *m) {
    const backend *all[] = {&backend_c, &backend_rtl, &backend_manifest};
    plan *p = plan_make(m);
    emission to = {.home = r->home, .stem = "damaged"};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if (diag_errors(r->diag)) return;
        if (all[k]->can(p)) (void)all[k]->emit(p, &to);
    }
    if (diag_errors(r->diag) == 0) (void)interp_tables(p);
}

void harness_compile(const uint8_t *bytes, size_t length) {
    enum { EXPERIMENTS = 16 };
    const char *list[EXPERIMENTS] = {NULL};
    reading r = reading_begin();
    take(bytes, length);
    program *p = program_read(r.home, r.words, r.diag, HARNESS_FILE, library());
    size_t n = program_experiments(p, list, EXPERIMENTS);
    elab_options options = {.library = library()};
    for (size_t k = 0; k < (n ? n : 1) && k < EXPERIMENTS && !diag_errors(r.diag); k++) {
        if (n == 0 && !program_has_block(p)) break;
        model *m = elaborate(p, list[k], &options);
        if (m && diag_errors(r.diag) == 0) emit_all(&r, m);
    }
    reading_end(&r);
}

// ---- data ----

void harness_csv(const uint8_t *bytes, size_t length) {
    static const weft_data_node features = {.kind = WEFT_DATA_FEATURES},
                                scaled = {.kind = WEFT_DATA_NORMALIZE, .a = &features},
                                scores = {.kind = WEFT_DATA_ZSCORE, .a = &features},
                                sum = {.kind = WEFT_DATA_ADD, .a = &scaled, .b = &scores},
                                labels = {.kind = WEFT_DATA_ONEHOT};
    weft_data_problem problem = {0};
    weft_table table;
    take(bytes, length);
    weft_status status = weft_table_read(&table, HARNESS_TABLE, &problem);
    must(status == WEFT_OK || status == WEFT_BAD_DATA, "a table: neither read nor refused");
    must(status == WEFT_OK || problem.text[0], "a table: refused without a reason");
    if (status != WEFT_OK) return;
    // A model that fits the table, so that what follows is reached.
    weft_data_input inputs[2] = {
        {.name = "x", .count = table.numeric, .value = &sum, .line = 1},
        {.name = "d", .count = table.classes, .value = &labels, .line = 2}};
    weft_data data = {.source = WEFT_DATA_OF_CSV,
                      .path = HARNESS_TABLE,
                      .directory = ".",
                      .inputs = inputs,
                      .input_count = table.class_at >= 0 ? 2 : 1,
                      .train = -1,
                      .test = -1};
    if (table.rows > 3) data.train = table.rows / 2, data.test = table.rows / 3;
    if (table.numeric == 0) data.inputs++, data.input_count--;
    weft_table_drop(&table);
    weft_dataset *set = NULL;
    status = weft_data_open(&set, &data, "damaged.weft", ".", &problem);
    if (status == WEFT_OK) {
        weft_data_repeat rows = {0};
        status = weft_data_draw(set, 1, 0, &rows, &problem);
        weft_data_drop(&rows);
    }
    must(status == WEFT_OK || (status == WEFT_BAD_DATA && problem.text[0]),
         "a dataset: refused without a reason");
    weft_data_close(set);
}

// ---- saved states ----

// tests/fuzz/subject.weft, compiled once and run into its second half.
typedef struct subject {
    weft_twin *twin;
    unsigned char *saved, *work;
    size_t size;
} subject;

static const subject *the_subject(void) {
    static subject s;
    if (s.twin) return &s;
    static weft_engine engine;
    static reading r; // for as long as the program lives
    r = reading_begin();
    char path[500];
    snprintf(path, sizeof path, "%s/tests/fuzz/subject.weft", library());
    program *p = program_read(r.home, r.words, r.diag, path, library());
    must(p != NULL, "no tests/fuzz/subject.weft: set WEFT_HOME");
    elab_options options = {.library = library()};
    plan *made = plan_make(elaborate(p, NULL, &options));
    must(diag_errors(r.diag) == 0, "subject.weft does not compile");
    engine = interp_engine(made);
    weft_status status = weft_open(&s.twin, interp_tables(made), &engine);
    must(status == WEFT_OK, "subject.weft does not open");
    s.size = weft_save_size(s.twin);
    s.saved = malloc(s.size);
    s.work = malloc(s.size);
    must(s.saved && s.work, "no memory");
    const double one = 1, x[3] = {1, -1, 0.5};
    status = weft_restart(s.twin, 1, 0);
    if (status == WEFT_OK) status = weft_set(s.twin, "x", x, 3);
    if (status == WEFT_OK) status = weft_set(s.twin, "scan.start", &one, 1);
    if (status == WEFT_OK) status = weft_set(s.twin, "scan.pick", &one, 1);
    if (status == WEFT_OK) status = weft_run(s.twin, 15);
    if (status == WEFT_OK) status = weft_save(s.twin, s.saved, s.size);
    must(status == WEFT_OK, "subject.weft does not run");
    return &s;
}

// The first byte: bit 0: the checksum is put right afterwards; bit 1: the rest is the whole file.
// Otherwise the rest is a list of (place, two bytes; what is put there, one byte).
void harness_saved(const uint8_t *bytes, size_t length) {
    const subject *s = the_subject();
    if (length == 0) return;
    if (bytes[0] & 2) {
        uint8_t *exact = malloc(length); // the sanitizer sees a read behind it
        must(exact != NULL, "no memory");
        memcpy(exact, bytes + 1, length - 1);
        (void)!weft_load(s->twin, exact, length - 1);
        free(exact);
        return;
    }
    memcpy(s->work, s->saved, s->size);
    for (size_t k = 1; k + 3 <= length; k += 3)
        s->work[(bytes[k] | (size_t)bytes[k + 1] << 8) % s->size] = bytes[k + 2];
    if (bytes[0] & 1) {
        uint64_t sum = weft_checksum(s->work, s->size - sizeof sum);
        memcpy(s->work + s->size - sizeof sum, &sum, sizeof sum);
    }
    weft_status status = weft_load(s->twin, s->work, s->size);
    must(status == WEFT_OK || status == WEFT_BAD_FILE, "a saved state: neither loaded nor refused");
    must(status == WEFT_OK || *weft_fault(s->twin), "a saved state: refused without a reason");
    if (status != WEFT_OK) return;
    int64_t now = weft_now(s->twin);
    double current;
    if (now < INT64_MAX - 100) (void)!weft_run(s->twin, now + 100);
    (void)!weft_get(s->twin, "level", &current, 1);
}
