// report_file.c -- files that appear whole or not at all.
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool weft_file_beside(const char *path, char **beside) {
    struct stat about;
    *beside = NULL;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) return true;
    size_t room = strlen(path) + 32;
    *beside = malloc(room);
    if (*beside) snprintf(*beside, room, "%s.%ld.part", path, (long)getpid());
    return *beside != NULL;
}

// The rename itself lasts only when the folder was synced; a folder that cannot be is left alone.
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    int at = folder ? open(folder, O_RDONLY) : -1;
    if (at >= 0) {
        (void)fsync(at);
        close(at);
    }
    free(folder);
}

weft_status weft_file_settle(const char *beside, const char *path) {
    int at = open(beside, O_RDONLY);
    bool fine = at >= 0 && fsync(at) == 0;
    if (at >= 0) close(at);
    fine = fine && rename(beside, path) == 0;
    if (!fine) {
        int why = errno;
        unlink(beside);
        errno = why;
        return WEFT_IO;
    }
    sync_folder(path);
    return WEFT_OK;
}

weft_status weft_output_open(weft_output *output, const char *path) {
    *output = (weft_output){0};
    output->path = strdup(path);
    if (!output->path || !weft_file_beside(path, &output->beside)) {
        weft_output_drop(output);
        return WEFT_NO_MEMORY;
    }
    output->file = fopen(output->beside ? output->beside : path, "wb");
    if (output->file) return WEFT_OK;
    int why = errno;
    weft_output_drop(output);
    errno = why;
    return WEFT_IO;
}

weft_status weft_output_commit(weft_output *output) {
    bool fine = output->file && !ferror(output->file) && fflush(output->file) == 0;
    if (output->file && fclose(output->file) != 0) fine = false;
    output->file = NULL;
    weft_status status = fine ? WEFT_OK : WEFT_IO;
    if (fine && output->beside) status = weft_file_settle(output->beside, output->path);
    if (status == WEFT_OK) {
        free(output->beside);
        output->beside = NULL;
    }
    int why = errno;
    weft_output_drop(output);
    errno = why;
    return status;
}

void weft_output_drop(weft_output *output) {
    if (output->file) fclose(output->file);
    if (output->beside) unlink(output->beside);
    free(output->beside);
    free(output->path);
    *output = (weft_output){0};
}
