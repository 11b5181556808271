// Where the compiler finds its own library: the folder that holds models/, rtl/ and runtime/.
#ifndef WEFT_HOME_H
#define WEFT_HOME_H

#include "support/arena.h"

// The environment variable WEFT_HOME when set; otherwise relative to the executable: share/weft of
// an installation, else the source tree whose build/ (or build/san/, ...) holds the executable.
// NULL when there is none of these.
const char *weft_home(arena *home);

#endif
