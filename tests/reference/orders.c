// Prints the splits and the orders of presentation that `weft run` draws, for soudry.c: the rules
// of the language (counter-based draws of the streams "split" and "shuffle", Fisher-Yates from the
// last row down, every epoch from the split's order), with the runtime's generator and nothing else
// of it.
//
//   orders ROWS TRAIN EPOCHS REPEATS SEED
#include "weft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000 };

static void shuffle(int *rows, int count, uint64_t key, const char *stream, uint64_t event) {
    for (int i = count - 1; i > 0; i--) {
        int j = (int)(weft_uniform(key, weft_stream(stream), event, (uint64_t)i) * (i + 1));
        int kept = rows[i];
        rows[i] = rows[j];
        rows[j] = kept;
    }
}

static void print(const char *word, const int *rows, int count) {
    printf("%s", word);
    for (int i = 0; i < count; i++)
        printf(" %d", rows[i]);
    printf("\n");
}

int main(int argc, char **argv) {
    long n[5] = {0};
    for (int k = 0; k < 5 && k + 1 < argc; k++)
        n[k] = strtol(argv[k + 1], NULL, 10);
    if (argc != 6 || n[0] < 1 || n[0] > MOST || n[1] > n[0]) {
        fprintf(stderr, "usage: orders ROWS TRAIN EPOCHS REPEATS SEED\n");
        return 2;
    }
    int rows = (int)n[0], train = (int)n[1], split[MOST], order[MOST];
    printf("epochs %ld\n", n[2]);
    for (long repeat = 0; repeat < n[3]; repeat++) {
        uint64_t key = weft_key((uint64_t)n[4], (uint64_t)repeat);
        for (int i = 0; i < rows; i++)
            split[i] = i;
        shuffle(split, rows, key, "split", 0);
        print("split", split, rows);
        for (long epoch = 1; epoch <= n[2]; epoch++) {
            memcpy(order, split, sizeof order);
            shuffle(order, train, key, "shuffle", (uint64_t)epoch);
            print("epoch", order, train);
        }
    }
    return 0;
}
