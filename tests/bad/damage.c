// Damages a program in every small way and looks at what is said about it.
//
//   damage NTH OF FILE ...      every NTH-th variant of OF of each file
//
// A variant is the file with one token deleted, doubled, or swapped with the next. Each is checked
// in this process, by weft_drive(); a child does it, so that a crash is found and the next variant
// tried. Printed: the variants that were reported badly (far from the damage, or with more than two
// errors that follow), then the figures, `reported N near N% short N% valid N crashed N`.
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum { DELETED, DOUBLED, SWAPPED, KINDS } kind;
static const char *const said[KINDS] = {"deleted", "doubled", "swapped"};

typedef struct token {
    size_t begin, end;
    int line;
} token;

typedef struct file {
    char *text;
    size_t length;
    token *tokens;
    size_t count;
} file;

typedef struct figures { // shared between the processes
    long done, reported, near, brief, valid, crashed;
} figures;

static figures *all;

// ---- tokens ----

static size_t token_end(const char *s) {
    static const char *const pairs[] = {"<-", "<=", ">=", "==", "!=", "<<", ">>", "..", "*=", "+="};
    size_t n = 0;
    if (isalpha((unsigned char)s[0])) {
        while (isalnum((unsigned char)s[n]) || s[n] == '_')
            n++;
        return n;
    }
    if (isdigit((unsigned char)s[0])) {
        while (isalnum((unsigned char)s[n]) || s[n] == '%' ||
               (s[n] == '.' && isdigit((unsigned char)s[n + 1])) ||
               (s[n] == '-' && s[n - 1] == 'e'))
            n++;
        return n;
    }
    if (s[0] == '"') return strcspn(s + 1, "\"\n") + 2;
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (strncmp(s, pairs[k], 2) == 0) return 2;
    return 1;
}

static void find_tokens(file *f) {
    int line = 1;
    f->tokens = calloc(f->length + 1, sizeof *f->tokens);
    for (size_t i = 0; i < f->length;) {
        if (f->text[i] == '\n') line++;
        if (isspace((unsigned char)f->text[i])) {
            i++;
        } else if (strncmp(f->text + i, "//", 2) == 0) {
            i += strcspn(f->text + i, "\n");
        } else {
            token t = {i, i + token_end(f->text + i), line};
            f->tokens[f->count++] = t;
            i = t.end;
        }
    }
}

static bool read_file(const char *path, file *f) {
    FILE *in = fopen(path, "rb");
    if (!in) return false;
    f->text = calloc(1, 1 << 20);
    f->length = fread(f->text, 1, (1 << 20) - 1, in);
    fclose(in);
    find_tokens(f);
    return true;
}

// ---- variants ----

// False where the variant is no damage: equal tokens swapped.
static bool write_variant(const file *f, size_t nth, kind k, const char *path) {
    token t = f->tokens[nth], u = nth + 1 < f->count ? f->tokens[nth + 1] : t;
    const char *s = f->text;
    size_t n = t.end - t.begin, m = u.end - u.begin;
    if (k == SWAPPED &&
        (nth + 1 == f->count || (n == m && memcmp(s + t.begin, s + u.begin, n) == 0)))
        return false;
    FILE *out = fopen(path, "wb");
    if (!out) exit(3);
    fwrite(s, 1, t.begin, out);
    if (k == DOUBLED) fprintf(out, "%.*s %.*s", (int)n, s + t.begin, (int)n, s + t.begin);
    if (k == SWAPPED)
        fprintf(out, "%.*s%.*s%.*s", (int)m, s + u.begin, (int)(u.begin - t.end), s + t.end, (int)n,
                s + t.begin);
    fputs(s + (k == SWAPPED ? u.end : t.end), out);
    fclose(out);
    return true;
}

// Runs `weft check` on the variant; the lines of the errors it reports, -1 for one without a place.
static int check(const char *path, int *lines, int room, char *first, size_t first_size) {
    struct options options = {.command = COMMAND_check, .file = path, .seed = 1, .jobs = 1};
    FILE *messages = tmpfile();
    int kept = dup(STDERR_FILENO), count = 0;
    dup2(fileno(messages), STDERR_FILENO);
    weft_drive(&options);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(messages);
    char line[4000];
    size_t n = strlen(path);
    while (fgets(line, sizeof line, messages)) {
        if (!strstr(line, ": error[")) continue;
        if (count == 0) snprintf(first, first_size, "%.*s", (int)first_size - 1, line);
        bool here = strncmp(line, path, n) == 0 && line[n] == ':';
        if (count < room) lines[count] = here ? atoi(line + n + 1) : -1;
        count++;
    }
    fclose(messages);
    return count;
}

enum { FOLLOWING = 2, ROOM = 200 };

static void try_variant(const file *f, const char *name, size_t nth, kind k) {
    const char *path = "variant.weft";
    int lines[ROOM];
    char first[1000] = "";
    if (!write_variant(f, nth, k, path)) return;
    alarm(10); // a variant that takes as long counts as a crash
    int count = check(path, lines, ROOM, first, sizeof first);
    if (count == 0) {
        all->valid++;
        return;
    }
    int at = f->tokens[nth].line;
    bool near = lines[0] >= at && lines[0] <= at + 1, brief = count <= 1 + FOLLOWING;
    all->reported++;
    all->near += near;
    all->brief += brief;
    if (near && brief) return;
    token t = f->tokens[nth];
    printf("%s:%d: '%.*s' %s: %d errors, the first: %s", name, at, (int)(t.end - t.begin),
           f->text + t.begin, said[k], count, first);
}

static void try_all(const file *f, const char *name, long from, int nth, int of) {
    for (long v = from; v < (long)f->count * KINDS; v++) {
        all->done = v;
        if (v % of == nth) try_variant(f, name, (size_t)(v / KINDS), (kind)(v % KINDS));
    }
    all->done = (long)f->count * KINDS;
}

int main(int count, char **arguments) {
    if (count < 4) return 3;
    int nth = atoi(arguments[1]), of = atoi(arguments[2]);
    all = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int k = 3; k < count; k++) {
        file f = {0};
        if (!read_file(arguments[k], &f)) return 3;
        long from = 0;
        while (from < (long)f.count * KINDS) {
            fflush(stdout);
            pid_t child = fork();
            if (child == 0) {
                try_all(&f, arguments[k], from, nth, of);
                exit(0);
            }
            int status;
            waitpid(child, &status, 0);
            from = all->done + 1;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
            all->crashed++;
            printf("%s: variant %ld: crashed\n", arguments[k], all->done);
        }
        free(f.text);
        free(f.tokens);
    }
    double n = all->reported > 0 ? (double)all->reported : 1;
    printf("reported %ld near %.2f%% short %.2f%% valid %ld crashed %ld\n", all->reported,
           100 * (double)all->near / n, 100 * (double)all->brief / n, all->valid, all->crashed);
    return all->crashed > 0;
}
