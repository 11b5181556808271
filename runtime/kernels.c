// The small functions that generated code calls. Each passes a NaN on, so that the check of the
// states finds it; weft_min and weft_max do so in their second argument.
#include <math.h>

#include "weft.h"

double weft_logistic(double a) {
    return 1.0 / (1.0 + exp(-a));
}

double weft_dlogistic(double a) {
    double y = weft_logistic(a);
    return y * (1.0 - y);
}

double weft_sign(double a) {
    if (a > 0.0) return 1.0;
    if (a < 0.0) return -1.0;
    return a == 0.0 ? 0.0 : a;
}

double weft_min(double a, double b) {
    return a < b ? a : b;
}

double weft_max(double a, double b) {
    return a > b ? a : b;
}

// rint rounds ties to even in the default rounding direction, which the project never changes.
double weft_round(double a) {
    return rint(a);
}

double weft_phi(double x) {
    return x == 0.0 ? 1.0 : expm1(x) / x;
}
