// The whole state of an instance as bytes, and back.
//
//   header   magic, ABI, the plan's fingerprint, sizes
//   cells    all of them
//   kept     next clock edges and events, parameters that were set (weft_kept)
//   checksum CRC-64 over everything before
//
// In the byte order of the machine; the magic number refuses a file of the other order.
#include <stddef.h>
#include <string.h>

#include "save.h"
#include "twin.h"

#define MAGIC 0x3153544658455754u // eight bytes that no text begins with

typedef struct header {
    uint64_t magic, abi, fingerprint, cells, kept;
} header;

// CRC-64/XZ: polynomial of ECMA-182, reflected, all ones in and out. Half a byte at a time.
uint64_t weft_checksum(const void *bytes, size_t size) {
    const uint64_t polynomial = 0xc96c5795d7870f42u;
    uint64_t table[16], crc = UINT64_MAX;
    for (unsigned k = 0; k < 16; k++) {
        table[k] = k;
        for (int bit = 0; bit < 4; bit++)
            table[k] = table[k] >> 1 ^ ((table[k] & 1) != 0 ? polynomial : 0);
    }
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        crc ^= byte[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

static size_t cell_bytes(const weft_twin *twin) {
    return (size_t)twin->model->cells * sizeof(weft_cell);
}

static size_t kept_bytes(const weft_twin *twin) {
    return twin->kept.count * sizeof *twin->kept.block;
}

size_t weft_save_size(const weft_twin *twin) {
    return sizeof(header) + cell_bytes(twin) + kept_bytes(twin) + sizeof(uint64_t);
}

static header header_of(const weft_twin *twin) {
    return (header){MAGIC, WEFT_ABI, twin->model->fingerprint, twin->model->cells,
                    twin->kept.count};
}

weft_status weft_save(const weft_twin *twin, void *bytes, size_t size) {
    if (twin->failed != WEFT_OK) return twin->failed;
    if (twin->control != WEFT_CONTROL_C) return WEFT_NOT_WITH_RTL;
    if (size != weft_save_size(twin)) return WEFT_WRONG_SIZE;
    header head = header_of(twin);
    unsigned char *to = bytes;
    unsigned char *kept = to + sizeof head + cell_bytes(twin);
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, twin->cells, cell_bytes(twin));
    memset(to + sizeof head + WEFT_SOLVERS * sizeof(weft_cell), 0, sizeof(weft_cell));
    memcpy(kept, twin->kept.block, kept_bytes(twin));
    memcpy(kept + KEPT_BITS_AT * sizeof(int64_t), &twin->kept.bits.at, sizeof(int64_t));
    uint64_t sum = weft_checksum(to, size - sizeof sum);
    memcpy(to + size - sizeof sum, &sum, sizeof sum);
    return WEFT_OK;
}

static int64_t integer_at(const unsigned char *cells, size_t cell) {
    int64_t value;
    memcpy(&value, cells + cell * sizeof value, sizeof value);
    return value;
}

// Integers index arrays and count down: each lies in its declared range, or in its port's width.
static bool plausible_integers(const weft_model *model, const unsigned char *cells) {
    const int64_t most = INT64_C(1) << 62;
    for (uint32_t v = 0; v < model->var_count; v++) {
        const weft_var *var = &model->vars[v];
        if (!var->integer || var->cell == WEFT_NONE) continue;
        for (uint32_t k = 0; k < var->count; k++) {
            int64_t value = integer_at(cells, (size_t)var->cell + k);
            if (value > most || value < -most || (double)value < var->lo || (double)value > var->hi)
                return false;
        }
    }
    for (uint32_t s = 0; s < model->sequence_count; s++) {
        const weft_sequence *sequence = &model->sequences[s];
        for (uint32_t p = 0; p < sequence->port_count; p++) {
            const weft_port *port = &sequence->ports[p];
            for (uint32_t k = 0; k < port->count; k++) {
                int64_t value = integer_at(cells, (size_t)port->cell + k);
                if (value < 0 || (port->width < 62 && value >> port->width != 0)) return false;
            }
        }
        // A broken guarantee ends the run, and a run that has ended is not saved.
        if (sequence->violated_cell != WEFT_NONE && integer_at(cells, sequence->violated_cell) != 0)
            return false;
    }
    return true;
}

// What of an activation lay before this moment has happened; `next`: its next event.
static bool plausible_phase(const weft_phase *phase, const unsigned char *cells, int64_t next,
                            int64_t now) {
    weft_cell state[WEFT_PHASE_CELLS];
    memcpy(state, cells + phase->state_cell * sizeof *state, sizeof state);
    int64_t begin = state[WEFT_PHASE_BEGIN].i, segment = state[WEFT_PHASE_SEGMENT].i;
    if (next < 0 || next > phase->at_count || segment < 0 || segment > phase->break_count ||
        begin < 0 || begin > now || state[WEFT_PHASE_ACTIVE].i >> 1 != 0 ||
        state[WEFT_PHASE_COUNT].i < 0 || state[WEFT_PHASE_COUNT].i > INT64_MAX / 4)
        return false;
    return state[WEFT_PHASE_ACTIVE].i == 0 ||
           ((segment == phase->break_count || phase->breaks[segment] > now - begin) &&
            (next == phase->at_count || phase->at[next].ticks > now - begin));
}

// The numbers that index tables or steer loops: a file may carry a right checksum and be wrong.
static bool plausible(const weft_twin *twin, const unsigned char *cells,
                      const unsigned char *kept) {
    const weft_model *model = twin->model;
    weft_cell head[WEFT_FIRST];
    memcpy(head, cells, sizeof head);
    if (head[WEFT_FROM].i < 0 || head[WEFT_NOW].i < head[WEFT_FROM].i ||
        head[WEFT_TO].i != head[WEFT_FROM].i || head[WEFT_FAULT].i != 0 ||
        head[WEFT_NOW].i > INT64_MAX / 4 || !plausible_integers(model, cells))
        return false;
    const ptrdiff_t edges = twin->kept.next_edge - twin->kept.block;
    const ptrdiff_t events = twin->kept.next_at - twin->kept.block;
    for (uint32_t s = 0; s < model->sequence_count; s++) {
        int64_t edge;
        memcpy(&edge, kept + ((size_t)edges + s) * sizeof edge, sizeof edge);
        if (edge < 0 || edge % model->sequences[s].period != 0 ||
            (edge <= head[WEFT_NOW].i && (edge != 0 || head[WEFT_NOW].i != 0)) ||
            edge - head[WEFT_NOW].i > model->sequences[s].period)
            return false;
    }
    for (uint32_t p = 0; p < model->phase_count; p++) {
        int64_t at = integer_at(kept, (size_t)events + p);
        if (!plausible_phase(&model->phases[p], cells, at, head[WEFT_NOW].i)) return false;
    }
    return true;
}

weft_status weft_load(weft_twin *twin, const void *bytes, size_t size) {
    if (twin->control != WEFT_CONTROL_C) return WEFT_NOT_WITH_RTL;
    header want = header_of(twin);
    const unsigned char *from = bytes;
    uint64_t sum;
    if (size != weft_save_size(twin))
        return weft_fail(twin, WEFT_BAD_FILE, "saved state: %zu bytes, not %zu", size,
                         weft_save_size(twin));
    memcpy(&sum, from + size - sizeof sum, sizeof sum);
    if (sum != weft_checksum(from, size - sizeof sum))
        return weft_fail(twin, WEFT_BAD_FILE, "saved state: the checksum does not fit");
    if (memcmp(from, &want, sizeof want) != 0)
        return weft_fail(twin, WEFT_BAD_FILE, "saved state: of another model or version");
    const unsigned char *cells = from + sizeof want, *kept = cells + cell_bytes(twin);
    if (!plausible(twin, cells, kept))
        return weft_fail(twin, WEFT_BAD_FILE, "saved state: it contradicts itself");
    memcpy(twin->cells, cells, cell_bytes(twin));
    twin->cells[WEFT_SOLVERS].i = 0;
    weft_offer_solvers(twin);
    memcpy(twin->kept.block, kept, kept_bytes(twin));
    weft_forget_looks(twin);
    twin->kept.bits.at = twin->kept.flags[KEPT_BITS_AT];
    twin->next_break = 0;
    while (twin->stimulus != NULL && twin->next_break < twin->stimulus->break_count &&
           twin->stimulus->breaks[twin->next_break] <= weft_now(twin))
        twin->next_break++;
    twin->serial++;
    weft_find_instant(twin);
    twin->failed = WEFT_OK;
    twin->fault[0] = '\0';
    return WEFT_OK;
}
