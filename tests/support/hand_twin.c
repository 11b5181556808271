// Models written as tables; see hand_twin.h.
#include "support/hand_twin.h"

#include <check.h>

weft_model hand_model(const char *name, double tick, uint32_t cells) {
    return (weft_model){.abi = WEFT_ABI,
                        .name = name,
                        .source = "",
                        .tick = tick,
                        .cells = cells,
                        .vary = WEFT_NONE,
                        .init = WEFT_NONE,
                        .trial = WEFT_NONE};
}

weft_twin *hand_open(const weft_model *model, const weft_engine *engine) {
    weft_twin *twin = NULL;
    ck_assert_int_eq(weft_open(&twin, model, engine), WEFT_OK);
    return twin;
}
