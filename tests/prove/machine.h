// A machine out of a .weft file, for the programs of this folder.
#ifndef WEFT_PROVE_MACHINE_H
#define WEFT_PROVE_MACHINE_H

#include "model/elaborate.h"
#include "plan/fsm.h"

#include <stdlib.h>

// The nth sequencer of the file's first experiment (or last block); ends the program where the file
// is wrong. NULL: there are fewer.
static inline const fsm *machine_of(arena *home, const char *file, const char *library,
                                    size_t nth) {
    diag *d = diag_new(home);
    elab_options options = {.library = library};
    program *read = program_read(home, names_new(home), d, file, library);
    model *m = read ? elaborate(read, NULL, &options) : NULL;
    plan *made = m ? plan_make(m) : NULL;
    diag_print(d, stderr);
    if (!made || diag_errors(d)) exit(2);
    return nth < made->machines.n ? made->machines.at[nth] : NULL;
}

#endif
