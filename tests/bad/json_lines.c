// Reads JSON values from standard input, one a line, strictly (RFC 8259), and prints each leaf as
// `VALUE.PATH=TEXT`: 0.code=E0203. Exit status 1 at the first fault.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;
static char path[1000];

static void fault(const char *what) {
    printf("fault: %s at: %.40s\n", what, at);
    exit(1);
}

static void blanks(void) {
    while (*at == ' ' || *at == '\t')
        at++;
}

static void expect(char c) {
    if (*at != c) fault("unexpected character");
    at++;
}

static void text(char *into, size_t room) {
    size_t n = 0;
    expect('"');
    while (*at != '"') {
        if ((unsigned char)*at < 0x20) fault("control character in a text");
        if (n + 2 > room) fault("text too long");
        if (*at != '\\') {
            into[n++] = *at++;
        } else if (at[1] == 'u') {
            for (int k = 2; k < 6; k++)
                if (!isxdigit((unsigned char)at[k])) fault("\\u");
            into[n++] = '?';
            at += 6;
        } else {
            if (!at[1] || !strchr("\"\\/bfnrt", at[1])) fault("escape");
            into[n++] = at[1];
            at += 2;
        }
    }
    into[n] = '\0';
    at++;
}

static void value(void);

static void members(char close) {
    size_t length = strlen(path);
    expect(close == '}' ? '{' : '[');
    blanks();
    for (int nth = 0; *at != close; nth++) {
        char name[200];
        snprintf(name, sizeof name, "%d", nth);
        if (close == '}') {
            text(name, sizeof name);
            blanks();
            expect(':');
        }
        snprintf(path + length, sizeof path - length, ".%s", name);
        value();
        path[length] = '\0';
        blanks();
        if (*at == close) break;
        expect(',');
        blanks();
        if (*at == close) fault("comma at the end");
    }
    at++;
}

static void value(void) {
    char leaf[8000];
    blanks();
    if (*at == '{') {
        members('}');
    } else if (*at == '[') {
        members(']');
    } else if (*at == '"') {
        text(leaf, sizeof leaf);
        printf("%s=%s\n", path, leaf);
    } else {
        size_t n = strspn(at, "-0123456789");
        if (n == 0) fault("value");
        printf("%s=%.*s\n", path, (int)n, at);
        at += n;
    }
}

int main(void) {
    static char line[100000];
    for (int nth = 0; fgets(line, sizeof line, stdin); nth++) {
        snprintf(path, sizeof path, "%d", nth);
        at = line;
        value();
        blanks();
        if (strcmp(at, "\n") != 0) fault("something behind the value");
    }
    return 0;
}
