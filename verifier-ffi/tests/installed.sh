#!/usr/bin/env bash
# An installed libkettle_verify: soname, exported names, pkg-config in an empty folder, CMake.
# Usage: installed.sh PREFIX EMPTY
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")
prefix=$(realpath "$1")
rm -rf "$2"; mkdir -p "$2"
cd "$2"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
version=$(pkg-config --modversion kettle_verify)
library=$prefix/lib/libkettle_verify.so

# Before 1.0 the minor version is a part of the soname.
soname=$(readelf --dynamic "$library" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')
test "$soname" = "libkettle_verify.so.${version%.*}" || { echo "soname $soname for version $version"; exit 1; }
test "$(realpath "$library")" = "$(realpath "$prefix/lib/$soname")"

# What is exported is what the header declares.
nm --dynamic --defined-only "$library" | sed -n 's/.* T //p' | sort > exported
grep --only-matching --extended-regexp '\bkettle_[a-z0-9_]+\(' "$prefix/include/kettle_verify.h" | tr -d '(' | sort -u > declared
diff declared exported

# The README's C, and the example, by nothing but pkg-config.
sed -n '/^```c$/,/^```$/p' "$root/README.md" | grep --invert-match '^```' > readme.c
for source in readme.c "$root/verifier-ffi/examples/verify.c"; do
    cc -std=c11 -Wall -Wextra -Werror -o "$(basename "$source" .c)" "$source" $(pkg-config --cflags --libs kettle_verify)
done
vectors=$root/testvectors
cp -r "$vectors/cases/az-snp/ok-milan" my-build
cp "$vectors/policies/pinned.json" policy.json
sound=(my-build policy.json "$vectors/trust-root.json" 2026-06-01T00:00:00Z)
./verify "${sound[@]}" > sound.txt
grep --quiet '^pass ' sound.txt
printf x >> my-build/artifacts/hello
code=0; ./verify "${sound[@]}" > damaged.txt || code=$?
test "$code" = 1 && grep --quiet '^fail ' damaged.txt
# The README's program asks the clock, and trusts the vendors' roots only: the synthetic bundle fails.
code=0; ./readme my-build policy.json > readme.txt || code=$?
test "$code" = 1 && test -s readme.txt

for wanted in "" "$version" "${version%.*}"; do
    rm -rf cmake
    cmake -S "$here/cmake" -B cmake -DCMAKE_PREFIX_PATH="$prefix" -DWANTED="$wanted" \
        -DEXAMPLE="$root/verifier-ffi/examples/verify.c" > cmake.log || { cat cmake.log; exit 1; }
done
cmake --build cmake >> cmake.log || { cat cmake.log; exit 1; }
cp "$vectors/cases/az-snp/ok-milan/artifacts/hello" my-build/artifacts/hello
./cmake/verify "${sound[@]}" > /dev/null
rm -rf cmake
if cmake -S "$here/cmake" -B cmake -DCMAKE_PREFIX_PATH="$prefix" -DWANTED=99.0 -DEXAMPLE=x > cmake.log 2>&1; then
    echo "CMake took version $version for 99.0"
    exit 1
fi
echo "installed: version $version, $soname, $(stat --dereference --format %s "$library") bytes"
