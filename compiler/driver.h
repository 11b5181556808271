// The whole pipeline behind the command line.
#ifndef WEFT_DRIVER_H
#define WEFT_DRIVER_H

#include "options.h"

enum {
    EXIT_FINE = 0,
    EXIT_EXPECT = 1, // an `expect` failed
    EXIT_INPUT = 2,  // the input is wrong
    EXIT_MACHINE = 3 // no space, no compiler
};

// Does what the command line says; returns the exit status. Results go to standard output, messages
// and progress to standard error.
int weft_drive(const struct options *options);

#endif
