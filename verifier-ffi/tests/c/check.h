// What the tests in C share: checks that say where they failed, and files.
#ifndef KETTLE_TEST_CHECK_H
#define KETTLE_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kettle_verify.h"

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: %s\n  the last message: %s\n", __FILE__, __LINE__, \
                    #condition, kettle_error_message());                              \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

#define OK(call) CHECK((call) == KETTLE_RESULT_OK)

struct bytes {
    uint8_t *data;
    size_t length;
};

// A whole file below a folder.
static inline struct bytes read_file(const char *folder, const char *path) {
    char name[4096];
    CHECK(snprintf(name, sizeof name, "%s/%s", folder, path) < (int)sizeof name);
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        perror(name);
        exit(1);
    }
    CHECK(fseek(file, 0, SEEK_END) == 0);
    long length = ftell(file);
    CHECK(length >= 0);
    rewind(file);
    // One byte more: the JSON library of the tests wants a NUL.
    struct bytes read = {calloc(1, (size_t)length + 1), (size_t)length};
    CHECK(read.data != NULL && fread(read.data, 1, read.length, file) == read.length);
    fclose(file);
    return read;
}

// SHA-256 through the library, in pieces of 1000 bytes.
static inline void hash(const uint8_t *data, size_t length, uint8_t sha256[32], uint64_t *size) {
    kettle_artifact *artifact = NULL;
    OK(kettle_artifact_begin(&artifact));
    for (size_t done = 0; done < length;) {
        size_t piece = length - done < 1000 ? length - done : 1000;
        OK(kettle_artifact_update(artifact, data + done, piece));
        done += piece;
    }
    OK(kettle_artifact_end(&artifact, sha256, size));
    CHECK(artifact == NULL);
}

static inline void to_hex(const uint8_t sha256[32], char hex[65]) {
    for (int byte = 0; byte < 32; byte++) {
        snprintf(hex + 2 * byte, 3, "%02x", sha256[byte]);
    }
}

#endif
