// Identifiers of a target language; see names.h.
#include "emit/names.h"

#include "support/text.h"

#include <ctype.h>
#include <string.h>

typedef struct change {
    const char *name, *identifier;
} change;

struct namer {
    arena *home;
    const namer *outer;
    names *words;
    map *taken;
    VEC(change) changes;
};

const char *identifier_of(arena *home, const char *name) {
    text out = text_in(home);
    if (!isalpha((unsigned char)name[0])) {
        text_add(&out, "x");
    }
    for (const char *c = name; *c != '\0'; c++) {
        const bool word = isalnum((unsigned char)*c) != 0;
        if (word) {
            text_put(&out, c, 1);
        } else if (out.n > 0 && out.at[out.n - 1] != '_') {
            text_put(&out, "_", 1);
        }
    }
    while (out.n > 1 && out.at[out.n - 1] == '_') {
        out.at[--out.n] = '\0';
    }
    return out.at;
}

namer *namer_new(arena *home, const namer *outer) {
    namer *n = arena_new_of(home, namer);
    n->home = home;
    n->outer = outer;
    n->words = outer != NULL ? outer->words : names_new(home);
    n->taken = map_new(home);
    return n;
}

void namer_reserve(namer *n, const char *word) {
    map_put(n->taken, name_is(n->words, word), n);
}

bool namer_taken(const namer *n, const char *word) {
    const char *name = name_is(n->words, word);
    for (; n != NULL; n = n->outer) {
        if (map_get(n->taken, name) != NULL) {
            return true;
        }
    }
    return false;
}

const char *namer_take(namer *n, const char *name) {
    const char *plain = identifier_of(n->home, name);
    const char *free_name = plain;
    // weft_... are the runtime's: none of them ends in an underscore.
    if (namer_taken(n, plain) || strncmp(plain, "weft_", 5) == 0) {
        free_name = arena_text(n->home, "%s_", plain);
        for (int k = 2; namer_taken(n, free_name); k++) {
            free_name = arena_text(n->home, "%s_%d", plain, k);
        }
        vec_push(n->home, &n->changes, (change){name, free_name});
    }
    free_name = name_is(n->words, free_name);
    map_put(n->taken, free_name, n);
    return free_name;
}

void namer_free(namer *n, const char *identifier) {
    map_put(n->taken, name_is(n->words, identifier), NULL);
}

size_t namer_changes(const namer *n) {
    return n->changes.n;
}

void namer_change(const namer *n, size_t nth, const char **name, const char **identifier) {
    *name = n->changes.at[nth].name;
    *identifier = n->changes.at[nth].identifier;
}

static void reserve_all(namer *n, const char *words) {
    names *table = n->words;
    for (const char *at = words; *at != '\0';) {
        const size_t length = strcspn(at, " ");
        map_put(n->taken, name_of(table, at, length), n);
        at += length;
        at += strspn(at, " ");
    }
}

void reserve_c_words(namer *n) {
    // C11 6.4.1
    reserve_all(n, "auto break case char const continue default do double else enum extern float "
                   "for goto if inline int long register restrict return short signed sizeof "
                   "static struct switch typedef union unsigned void volatile while");
    // Keywords of C++, and macros and types of the headers, which a header may not use either.
    reserve_all(n, "class new delete this template private public protected virtual operator "
                   "namespace using try catch throw friend explicit export mutable typename typeid "
                   "bool true false asm and or not xor compl bitand bitor nullptr constexpr "
                   "decltype noexcept linux unix NULL NAN INFINITY int64_t uint64_t uint32_t "
                   "int32_t size_t");
}

void reserve_c(namer *n) {
    reserve_c_words(n);
    // math.h, and what compilers know from other headers
    reserve_all(n, "acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 "
                   "expm1 frexp ilogb ldexp log log10 log1p log2 logb modf scalbn scalbln cbrt "
                   "fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint lrint "
                   "llrint round lround llround trunc fmod remainder remquo copysign nan nextafter "
                   "nexttoward fdim fmax fmin fma j0 j1 jn y0 y1 yn gamma signgam drem isnan isinf "
                   "isfinite isnormal signbit fpclassify finite significand index rindex abs labs "
                   "llabs exit free malloc calloc abort printf puts main time clock read write");
}
