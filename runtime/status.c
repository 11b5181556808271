// The text of every status code, from status.def.
#include "weft.h"

const char *weft_status_text(weft_status status) {
    static const char *const texts[] = {
#define STATUS(name, text) text,
#include "status.def"
#undef STATUS
    };
    if ((unsigned)status >= WEFT_STATUS_COUNT) return "unknown status";
    return texts[status];
}
