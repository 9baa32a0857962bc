// kettle-apt-hook: apt runs it before packages are installed (DPkg::Pre-Install-Pkgs) and stops where it
// fails. Every .deb must be an artifact of some bundle below Kettle::Bundles/<package>/, under
// Kettle::Policy. README.md says how it is set up.

#include <stdio.h>
#include <string.h>

#include "hook.h"

// The words that Kettle::Uncovered takes.
static int uncovered(const struct configuration *configuration, const struct package *package) {
    const char *word = configuration->uncovered != NULL ? configuration->uncovered : "refuse";
    if (strcmp(word, "allow") == 0) {
        return 1;
    }
    if (strcmp(word, "warn") == 0) {
        complain("%s: no bundle covers this package; it is installed unverified", package->name);
        return 1;
    }
    if (strcmp(word, "refuse") != 0) {
        complain("Kettle::Uncovered \"%s\": expected refuse, warn or allow", word);
        return 0;
    }
    complain("%s: no bundle covers this package; put one into %s/%s, or let Kettle::Uncovered allow it",
             package->name, configuration->bundles, package->name);
    return 0;
}

static int check(const struct configuration *configuration, const struct package *package) {
    switch (verify_package(configuration, package)) {
    case PACKAGE_ACCEPTED:
        return 1;
    case PACKAGE_UNCOVERED:
        return uncovered(configuration, package);
    default:
        return 0;
    }
}

int main(void) {
    struct request request = {0};
    if (!read_request(stdin, &request)) {
        free_request(&request);
        return 1;
    }
    int good = 1;
    if (request.configuration.bundles == NULL && request.count > 0) {
        complain("Kettle::Bundles names no folder with bundles");
        good = 0;
    }
    // All of them are looked at, so that whoever installs sees everything that is wrong.
    for (size_t index = 0; index < request.count && request.configuration.bundles != NULL; index++) {
        good &= check(&request.configuration, &request.packages[index]);
    }
    free_request(&request);
    return good ? 0 : 1;
}
