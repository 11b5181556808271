// Units: products and roots of the SI base units, and their shortest usual spelling.
#include "model/unit.h"

#include <limits.h>
#include <stdlib.h>

// The exponents in the header are doubled; those in units.def are not.
#define EXPONENTS(kg_, m_, s_, A_, K_)                                                             \
    { 2 * (kg_), 2 * (m_), 2 * (s_), 2 * (A_), 2 * (K_) }

static const struct {
    const char *symbol;
    unit exponents;
} known[] = {
#define UNIT(symbol, kg, m, s, A, K, name) {#symbol, EXPONENTS(kg, m, s, A, K)},
#include "units.def"
#undef UNIT
};
enum { KNOWN = sizeof known / sizeof known[0] };

const unit unit_none = EXPONENTS(0, 0, 0, 0, 0);
const unit unit_volt = EXPONENTS(1, 2, -3, -1, 0);
const unit unit_ampere = EXPONENTS(0, 0, 0, 1, 0);
const unit unit_second = EXPONENTS(0, 0, 1, 0, 0);
const unit unit_hertz = EXPONENTS(0, 0, -1, 0, 0);
const unit unit_ohm = EXPONENTS(1, 2, -3, -2, 0);

bool unit_same(unit a, unit b) {
    return a.kg == b.kg && a.m == b.m && a.s == b.s && a.A == b.A && a.K == b.K;
}

bool unit_is_none(unit a) {
    return unit_same(a, unit_none);
}

// Exponents beyond what fits (a^60 of a^60) stay at the bound: such a unit fits nothing.
static int8_t bounded(int exponent) {
    return (int8_t)(exponent > INT8_MAX ? INT8_MAX : exponent < -INT8_MAX ? -INT8_MAX : exponent);
}

unit unit_times(unit a, unit b, int power) {
    power = power > 1000 ? 1000 : power < -1000 ? -1000 : power;
    return (unit){
        bounded(a.kg + b.kg * power), bounded(a.m + b.m * power), bounded(a.s + b.s * power),
        bounded(a.A + b.A * power),   bounded(a.K + b.K * power),
    };
}

unit unit_root(unit a, bool *whole) {
    *whole = a.kg % 2 == 0 && a.m % 2 == 0 && a.s % 2 == 0 && a.A % 2 == 0 && a.K % 2 == 0;
    return (unit){(int8_t)(a.kg / 2), (int8_t)(a.m / 2), (int8_t)(a.s / 2), (int8_t)(a.A / 2),
                  (int8_t)(a.K / 2)};
}

bool unit_find(const char *symbol, unit *found) {
    for (size_t k = 0; k < KNOWN; k++) {
        if (strcmp(known[k].symbol, symbol) == 0) {
            *found = known[k].exponents;
            return true;
        }
    }
    return false;
}

// ---- spelling
// ------------------------------------------------------------------------------------

// A spelling is up to three symbols with powers; powers are in halves like the exponents.
typedef struct spelling {
    int factors, cost;
    size_t symbol[3];
    int half_power[3];
} spelling;

// What a symbol costs inside a product: V, A, S, Ohm, F, s, m are what people write there.
static int symbol_cost(size_t k) {
    static const struct {
        const char *symbol;
        int cost;
    } unusual[] = {{"Hz", 24}, {"J", 24}, {"H", 24}, {"W", 18}, {"C", 14}};
    for (size_t u = 0; u < sizeof unusual / sizeof unusual[0]; u++) {
        if (strcmp(unusual[u].symbol, known[k].symbol) == 0) {
            return unusual[u].cost;
        }
    }
    return 10;
}

// left * symbol^(half_power/2), exactly; false where it leaves the range.
static bool take_away(unit left, size_t k, int half_power, unit *rest) {
    const unit f = known[k].exponents;
    if (abs(left.kg) > 60 || abs(left.m) > 60 || abs(left.s) > 60 || abs(left.A) > 60 ||
        abs(left.K) > 60) {
        return false;
    }
    *rest = (unit){
        (int8_t)(left.kg - f.kg / 2 * half_power), (int8_t)(left.m - f.m / 2 * half_power),
        (int8_t)(left.s - f.s / 2 * half_power),   (int8_t)(left.A - f.A / 2 * half_power),
        (int8_t)(left.K - f.K / 2 * half_power),
    };
    return true;
}

// Tries every product of exactly `factors` more symbols from `first` on with the given powers.
static void spell(unit left, int factors, size_t first, const int *powers, size_t power_count,
                  spelling *now, spelling *best) {
    if (best->factors != 0 && now->cost >= best->cost) return; // costs only grow
    if (factors == 0) {
        bool over = true;
        for (int f = 0; f < now->factors; f++) {
            over = over && now->half_power[f] < 0;
        }
        const int cost = now->cost + (over ? 3 : 0); // "1/..." reads worse
        if (unit_is_none(left) && (best->factors == 0 || cost < best->cost)) {
            *best = *now;
            best->cost = cost;
        }
        return;
    }
    for (size_t k = first; k < KNOWN; k++) {
        for (size_t p = 0; p < power_count; p++) {
            unit rest;
            if (!take_away(left, k, powers[p], &rest)) {
                return;
            }
            spelling next = *now;
            next.symbol[next.factors] = k;
            next.half_power[next.factors++] = powers[p];
            next.cost += abs(powers[p]) == 2 ? symbol_cost(k) : 2 * symbol_cost(k) + 2;
            spell(rest, factors - 1, k + 1, powers, power_count, &next, best);
        }
    }
}

static void put_factor(text *out, const char *symbol, int half_power, int *written) {
    text_add(out, *written > 0 ? "*%s" : "%s", symbol);
    (*written)++;
    if (half_power % 2 != 0) {
        text_add(out, "^%g", half_power / 2.0);
    } else if (half_power != 2) {
        text_add(out, "^%d", half_power / 2);
    }
}

static const char *write_product(arena *home, const char *const *symbols, const int *half_powers,
                                 int count) {
    text out = text_in(home);
    int over = 0, under = 0;
    for (int k = 0; k < count; k++) {
        if (half_powers[k] > 0) {
            put_factor(&out, symbols[k], half_powers[k], &over);
        }
        under += half_powers[k] < 0;
    }
    if (under > 0) {
        text_add(&out, "%s%s", over == 0 ? "1/" : "/", under > 1 ? "(" : "");
        int written = 0;
        for (int k = 0; k < count; k++) {
            if (half_powers[k] < 0) {
                put_factor(&out, symbols[k], -half_powers[k], &written);
            }
        }
        text_add(&out, "%s", under > 1 ? ")" : "");
    }
    return out.at;
}

// From the plain to the odd; the first level that has a spelling decides.
static spelling spell_shortest(unit u) {
    static const int plain[] = {2, -2}, all[] = {2, -2, 4, -4, 1, -1};
    spelling best = {0};
    spell(u, 1, 0, plain, 1, &(spelling){0}, &best);
    if (best.factors == 0) {
        spell(u, 1, 0, all, 6, &(spelling){0}, &best);
        spell(u, 2, 0, plain, 2, &(spelling){0}, &best);
        spell(u, 2, 0, all, 6, &(spelling){0}, &best);
        spell(u, 3, 0, plain, 2, &(spelling){0}, &best);
    }
    if (best.factors == 0) {
        spell(u, 3, 0, all, 6, &(spelling){0}, &best);
    }
    return best;
}

// The same few units are written again and again, and the search is long.
static spelling spelling_of(unit u) {
    static _Thread_local struct {
        unit u;
        spelling found;
    } seen[16];
    static _Thread_local size_t count;
    for (size_t k = 0; k < count && k < 16; k++) {
        if (unit_same(seen[k].u, u)) {
            return seen[k].found;
        }
    }
    seen[count % 16].u = u;
    seen[count % 16].found = spell_shortest(u);
    return seen[count++ % 16].found;
}

const char *unit_text(arena *home, unit u) {
    if (unit_is_none(u)) {
        return "no unit";
    }
    const spelling best = spelling_of(u);
    if (best.factors == 0) {
        static const char *const base[] = {"kg", "m", "s", "A", "K"};
        const int powers[] = {u.kg, u.m, u.s, u.A, u.K};
        return write_product(home, base, powers, 5);
    }
    const char *symbols[3];
    for (int f = 0; f < best.factors; f++) {
        symbols[f] = known[best.symbol[f]].symbol;
    }
    return write_product(home, symbols, best.half_power, best.factors);
}
