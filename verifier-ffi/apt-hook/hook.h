// The parts of the hook: what apt says, and what the library says to a package.
#ifndef KETTLE_APT_HOOK_H
#define KETTLE_APT_HOOK_H

#include <stddef.h>
#include <stdio.h>

// What apt.conf says below Kettle::, or null.
struct configuration {
    char *bundles;     // the folder with a folder for each package
    char *policy;      // a policy document
    char *policy_key;  // the key that must have signed it
    char *trust_root;  // a trust-root file
    char *at;          // the time of appraisal; otherwise the clock's
    char *accept;      // outcomes that are accepted beside the good one
    char *uncovered;   // refuse (the default), warn or allow
};

// A package that is about to be unpacked.
struct package {
    char *name;
    char *file;
};

struct request {
    struct configuration configuration;
    struct package *packages;
    size_t count;
};

// Reads what apt writes in version 2 or 3 of its protocol. 0 where anything is not as apt.conf(5) says.
int read_request(FILE *from, struct request *request);
void free_request(struct request *request);

enum answer { PACKAGE_ACCEPTED, PACKAGE_REFUSED, PACKAGE_UNCOVERED };

// Whether some bundle of the package, under the policy, has the very bytes of the file.
enum answer verify_package(const struct configuration *configuration, const struct package *package);

// Says what is wrong on the standard error output.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
