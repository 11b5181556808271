// Numbers: digits, then at most one of '%', a scale letter, a unit, or a scale letter and a unit.
//
// The value is that of the decimal the suffix stands for, correctly rounded: 180u is
// strtod("180e-6"), not 180 * 1e-6, whose last bit differs.
#include "syntax/build.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

static const char *const UNITS[] = {
#define UNIT(symbol, kg, m, s, A, K, name) #symbol,
#include "../grammar/units.def"
#undef UNIT
};
enum { UNIT_COUNT = sizeof UNITS / sizeof *UNITS };

bool word_is_unit(const char *text) {
    for (size_t k = 0; k < UNIT_COUNT; ++k)
        if (strcmp(text, UNITS[k]) == 0) return true;
    return false;
}

// The power of ten of a scale letter, 0 for none.
static int scale_of(char letter) {
    switch (letter) {
    case 'f':
        return -15;
    case 'p':
        return -12;
    case 'n':
        return -9;
    case 'u':
        return -6;
    case 'm':
        return -3;
    case 'k':
        return 3;
    case 'M':
        return 6;
    case 'G':
        return 9;
    default:
        return 0;
    }
}

bool word_is_suffix(const char *text) {
    if (word_is_unit(text)) return true;
    return scale_of(text[0]) != 0 && (!text[1] || word_is_unit(text + 1));
}

static bool starts(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

// 10kohm -> 10kOhm, 3volt -> 3V, 3Vs -> 3V * 1s; NULL: no such slip
static const char *spelt_right(parser *p, const char *suffix, const char *number) {
    static const struct {
        const char *symbol, *name;
    } NAMED[] = {
#define UNIT(symbol, kg, m, s, A, K, name) {#symbol, name},
#include "../grammar/units.def"
#undef UNIT
    };
    for (size_t k = 0; k < sizeof NAMED / sizeof *NAMED; ++k) {
        const char *name = NAMED[k].name, *symbol = NAMED[k].symbol;
        size_t n = strlen(symbol);
        bool scaled = scale_of(suffix[0]) && suffix[1];
        if (strcasecmp(suffix, name) == 0) return arena_text(p->home, "%s%s", number, symbol);
        if (scaled && strcasecmp(suffix + 1, name) == 0)
            return arena_text(p->home, "%s%c%s", number, suffix[0], symbol);
        if (strncmp(suffix, symbol, n) == 0 && word_is_unit(suffix + n))
            return arena_text(p->home, "%s%s * 1%s", number, symbol, suffix + n);
        if (scaled && strncmp(suffix + 1, symbol, n) == 0 && word_is_unit(suffix + 1 + n))
            return arena_text(p->home, "%s%c%s * 1%s", number, suffix[0], symbol, suffix + 1 + n);
    }
    return NULL;
}

// Says what is wrong with a suffix, as exactly as the usual slips allow.
static void complain(parser *p, span at, const char *text, size_t digits, bool exponent) {
    const char *suffix = text + digits;
    char number[40];
    snprintf(number, sizeof number, "%.*s", digits < 38 ? (int)digits : 38, text);
    p->complained = true;
    if (exponent && (suffix[0] == '%' || word_is_suffix(suffix))) {
        diag_report(p->d, at, DIAG_E0109, text);
        diag_help(p->d, "write the power of ten in one place: 1500u or 1.5e-3");
    } else if (starts(suffix, "MEG") || starts(suffix, "Meg") || starts(suffix, "meg")) {
        diag_report(p->d, at, DIAG_E0110, text);
        diag_help(p->d, "write %sM%s", number, suffix + 3);
    } else if (suffix[0] == 'K' && word_is_unit(suffix + 1)) {
        diag_report(p->d, at, DIAG_E0111, text);
        diag_help(p->d, "write %sk%s", number, suffix + 1);
    } else if (starts(suffix, "\xc2\xb5") || starts(suffix, "\xce\xbc")) {
        diag_report(p->d, at, DIAG_E0112, text);
        diag_help(p->d, "write %su%s", number, suffix + 2);
    } else if (strstr(suffix, "\xce\xa9") || strstr(suffix, "\xe2\x84\xa6")) {
        const char *sign =
            strstr(suffix, "\xce\xa9") ? strstr(suffix, "\xce\xa9") : strstr(suffix, "\xe2");
        diag_report(p->d, at, DIAG_E0113, text);
        diag_help(p->d, "write %s%.*sOhm", number, (int)(sign - suffix), suffix);
    } else if ((suffix[0] == 'e' || suffix[0] == 'E') && !suffix[1]) {
        diag_report(p->d, at, DIAG_E0106, text, "its exponent has no digits");
    } else {
        diag_report(p->d, at, DIAG_E0108, suffix, text);
        const char *units = exponent ? NULL : spelt_right(p, suffix, number);
        if (units)
            diag_help(p->d, "write %s", units);
        else
            diag_help(p->d, "a product is written %s * %s", number, suffix);
    }
}

// The SI value of the digits with the scale's power of ten, rounded once.
static double value_of(const parser *p, const char *text, size_t digits, int power) {
    if (!power) return strtod(arena_copy(p->home, text, digits), NULL);
    return strtod(arena_text(p->home, "%.*se%d", (int)digits, text, power), NULL);
}

static void check_value(parser *p, span at, const char *text, double value, size_t digits) {
    bool zero = true;
    for (size_t k = 0; k < digits && text[k] != 'e' && text[k] != 'E'; ++k)
        if (text[k] >= '1' && text[k] <= '9') zero = false;
    if (isfinite(value) && (zero || fabs(value) >= 2.2250738585072014e-308)) return;
    diag_report(p->d, at, DIAG_E0107, text);
    p->complained = true;
}

ast *word_number(parser *p, span at, const char *text) {
    size_t length = at.end - at.begin, digits = 0, mantissa;
    ast fields = {.kind = AST_NUM, .name = name_of(p->words, text, length)};
    while ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.')
        ++digits;
    if (text[0] == '.' || text[digits - 1] == '.') {
        diag_report(p->d, at, DIAG_E0106, text, "a digit stands on both sides of its point");
        p->complained = true;
        return build_node(p, at, fields);
    }
    mantissa = digits;
    if ((text[digits] == 'e' || text[digits] == 'E') &&
        (text[digits + 1] == '+' || text[digits + 1] == '-' ||
         (text[digits + 1] >= '0' && text[digits + 1] <= '9'))) {
        digits += 2;
        while (text[digits] >= '0' && text[digits] <= '9')
            ++digits;
    }
    bool exponent = digits > mantissa;
    const char *suffix = text + digits, *unit = NULL;
    int power = 0;
    if (suffix[0] == '%') {
        power = -2;
    } else if (scale_of(suffix[0]) && !suffix[1]) {
        power = scale_of(suffix[0]); // the scale letter wins: 3m is 0.003
    } else if (word_is_unit(suffix)) {
        unit = suffix;
    } else if (suffix[0] && scale_of(suffix[0]) && word_is_unit(suffix + 1)) {
        power = scale_of(suffix[0]);
        unit = suffix + 1;
    } else if (suffix[0]) {
        complain(p, at, text, digits, exponent);
        return build_node(p, at, fields);
    }
    if (exponent && power) {
        complain(p, at, text, digits, exponent);
        return build_node(p, at, fields);
    }
    fields.num = value_of(p, text, digits, power);
    check_value(p, at, text, fields.num, digits);
    if (unit) {
        span place = {at.file, at.end - (uint32_t)strlen(unit), at.end};
        fields.unit =
            build_node(p, place, (ast){.kind = AST_UNIT_NAME, .name = name_is(p->words, unit)});
    }
    return build_node(p, at, fields);
}
