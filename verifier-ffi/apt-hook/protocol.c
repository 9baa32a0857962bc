// What apt writes to the hook: `VERSION 2` or `VERSION 3`, its whole configuration as `Name=value` with
// %XX for awkward bytes, an empty line, and one line for each package and operation. apt.conf(5).

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hook.h"

// Bytes of one line, and packages of one run: far beyond what apt writes.
enum { LINE_BYTES = 1 << 20, PACKAGES = 1 << 17 };

void complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("kettle-apt-hook: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

enum line { LINE, END, BROKEN };

// The next line without its end.
static enum line next_line(FILE *from, char **line, size_t *room) {
    ssize_t length = getline(line, room, from);
    if (length < 0) {
        return feof(from) && !ferror(from) ? END : BROKEN;
    }
    if (length < 1 || length > LINE_BYTES || (*line)[length - 1] != '\n' ||
        memchr(*line, '\0', (size_t)length) != NULL) {
        return BROKEN;
    }
    (*line)[length - 1] = '\0';
    return LINE;
}

static int nibble(char digit) {
    const char *digits = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit);
    return found == NULL ? -1 : (int)(found - digits);
}

// %XX in place; 0 where it is broken or hides the end of a text.
static int unquote(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from == '%') {
            int high = nibble(from[1]), low = high < 0 ? -1 : nibble(from[2]);
            if (low < 0 || (high == 0 && low == 0)) {
                return 0;
            }
            *to++ = (char)(high * 16 + low);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return 1;
}

static int keep(char **place, const char *value) {
    free(*place);
    *place = strdup(value);
    return *place != NULL;
}

// One line of the configuration. An option of ours that is not known is refused: it would read as obeyed.
static int take_option(struct configuration *into, char *line) {
    const struct {
        const char *name;
        char **place;
    } options[] = {
        {"Kettle::Bundles", &into->bundles},       {"Kettle::Policy", &into->policy},
        {"Kettle::Policy-Key", &into->policy_key}, {"Kettle::Trust-Root", &into->trust_root},
        {"Kettle::At", &into->at},                 {"Kettle::Accept", &into->accept},
        {"Kettle::Uncovered", &into->uncovered},
    };
    char *value = strchr(line, '=');
    if (value == NULL) {
        complain("apt wrote a line of configuration without a value");
        return 0;
    }
    *value++ = '\0';
    if (strncasecmp(line, "Kettle::", strlen("Kettle::")) != 0) {
        return 1;
    }
    if (!unquote(line) || !unquote(value)) {
        complain("apt wrote an option that can't be read");
        return 0;
    }
    for (size_t index = 0; index < sizeof options / sizeof *options; index++) {
        if (strcasecmp(line, options[index].name) == 0) {
            return keep(options[index].place, value);
        }
    }
    complain("%s: no such option", line);
    return 0;
}

// The part after a number of words; null where there are fewer.
static char *after_words(char *line, int words) {
    for (; words > 0 && line != NULL; words--) {
        line = strchr(line, ' ');
        line = line == NULL ? NULL : line + 1;
    }
    return line;
}

// One line of a package. Its last part is a file, or an operation that unpacks nothing.
static int take_package(struct request *request, char *line, int version) {
    // Version 2: name, old version, direction, new version. Version 3 adds architecture and multi-arch
    // to both versions.
    char *what = after_words(line, version == 2 ? 4 : 8);
    if (what == NULL) {
        complain("apt wrote a line that is not one of a package");
        return 0;
    }
    if (strcmp(what, "**CONFIGURE**") == 0 || strcmp(what, "**REMOVE**") == 0) {
        return 1;
    }
    if (*what != '/' || request->count >= PACKAGES) {
        complain("apt names no file to install: %s", what);
        return 0;
    }
    struct package *grown = realloc(request->packages, (request->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return 0;
    }
    request->packages = grown;
    *strchr(line, ' ') = '\0';
    struct package *package = &grown[request->count++];
    *package = (struct package){strdup(line), strdup(what)};
    return package->name != NULL && package->file != NULL;
}

static int read_version(FILE *from, char **line, size_t *room) {
    if (next_line(from, line, room) == LINE) {
        if (strcmp(*line, "VERSION 2") == 0) {
            return 2;
        }
        if (strcmp(*line, "VERSION 3") == 0) {
            return 3;
        }
    }
    complain("apt does not speak version 2 or 3 of its protocol; set DPkg::Tools::Options::…::Version");
    return 0;
}

// Up to the empty line.
static int read_configuration(FILE *from, struct configuration *into, char **line, size_t *room) {
    while (next_line(from, line, room) == LINE) {
        if (**line == '\0') {
            return 1;
        }
        if (!take_option(into, *line)) {
            return 0;
        }
    }
    complain("apt's configuration ends too early");
    return 0;
}

static int read_packages(FILE *from, struct request *request, int version, char **line, size_t *room) {
    enum line read;
    while ((read = next_line(from, line, room)) == LINE) {
        if (!take_package(request, *line, version)) {
            return 0;
        }
    }
    if (read == BROKEN) {
        complain("apt's list of packages is cut");
    }
    return read == END;
}

int read_request(FILE *from, struct request *request) {
    char *line = NULL;
    size_t room = 0;
    int version = read_version(from, &line, &room);
    int done = version != 0 && read_configuration(from, &request->configuration, &line, &room) &&
               read_packages(from, request, version, &line, &room);
    free(line);
    return done;
}

void free_request(struct request *request) {
    struct configuration *all = &request->configuration;
    char *texts[] = {all->bundles,    all->policy, all->policy_key, all->trust_root,
                     all->at, all->accept, all->uncovered};
    for (size_t index = 0; index < sizeof texts / sizeof *texts; index++) {
        free(texts[index]);
    }
    for (size_t index = 0; index < request->count; index++) {
        free(request->packages[index].name);
        free(request->packages[index].file);
    }
    free(request->packages);
}
