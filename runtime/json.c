// json.c -- a result as one JSON object.
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

void weft_json_text(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", out);
        else if (*c == '\t')
            fputs("\\t", out);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

void weft_json_number(FILE *out, double value) {
    char text[WEFT_NUMBER_ROOM];
    if (!isfinite(value)) { // JSON has no such number
        fputs("null", out);
        return;
    }
    weft_number_text(value, text);
    fputs(text, out);
}

static void member(FILE *out, const char *before, const char *name, double value) {
    fprintf(out, "%s\"%s\":", before, name);
    weft_json_number(out, value);
}

void weft_report_json(FILE *out, const weft_drive_result *r) {
    fputs("{\"experiment\":", out);
    weft_json_text(out, r->experiment);
    fprintf(out, ",\"seed\":%" PRIu64 ",\"repeats\":%" PRIu32 ",\"measures\":{", r->seed,
            r->repeats);
    for (uint32_t i = 0; i < r->measure_count; i++) {
        const weft_drive_measure *m = &r->measures[i];
        if (i) fputc(',', out);
        weft_json_text(out, m->name);
        member(out, ":{", "mean", m->stat.mean);
        member(out, ",", "std", m->stat.std);
        member(out, ",", "min", m->stat.min);
        member(out, ",", "max", m->stat.max);
        fputc('}', out);
    }
    fputs("},\"expect\":[", out);
    for (uint32_t i = 0; i < r->expect_count; i++) {
        fputs(i ? ",{\"text\":" : "{\"text\":", out);
        weft_json_text(out, r->expects[i].text);
        fprintf(out, ",\"holds\":%s}", r->expects[i].holds ? "true" : "false");
    }
    fprintf(out, "],\"trials\":%" PRIu64, r->trials);
    if (r->trained > 0) member(out, ",", "trained", r->trained);
    member(out, ",\"seconds\":{", "compile", r->compile_seconds);
    member(out, ",", "run", r->run_seconds);
    fputc('}', out);
    if (r->lockstep)
        fprintf(out, ",\"lockstep\":{\"cycles\":%" PRIu64 ",\"mismatches\":%" PRIu64 "}", r->cycles,
                r->mismatches);
    fputs("}\n", out);
}
