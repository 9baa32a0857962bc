#!/usr/bin/env bash
# The apt hook in a real `apt-get install`, in an apt root of its own: the machine's packages are not touched.
# Usage: apt.sh HOOK FOLDER
set -euo pipefail
hook=$(realpath "$1")
rm -rf "$2"; mkdir -p "$2"
folder=$(realpath "$2")
vectors=$(realpath testvectors)
root=$folder/root

# A package that is made here: package NAME CONTENT -> FOLDER/NAME_1.0_all.deb
package() {
    local tree="$folder/build/$1"
    rm -rf "$tree"
    mkdir -p "$tree/DEBIAN" "$tree/usr/share/$1"
    echo "$2" > "$tree/usr/share/$1/text"
    printf 'Package: %s\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: a test\n' \
        "$1" > "$tree/DEBIAN/control"
    dpkg-deb --root-owner-group --build "$tree" "$folder/$1_1.0_all.deb" > /dev/null
}

# An empty system; the arguments are more lines of its apt.conf.
system() {
    rm -rf "$root"
    mkdir -p "$root"/etc/apt/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d} \
        "$root"/var/lib/apt/lists/partial "$root"/var/cache/apt/archives/partial \
        "$root"/var/lib/dpkg/{info,updates,triggers} "$root"/var/log/apt
    touch "$root/var/lib/dpkg/status"
    {
        echo "Dir \"$root\";"
        echo "Dir::State::status \"$root/var/lib/dpkg/status\";"
        echo 'Dir::Bin::dpkg "/usr/bin/dpkg";'
        echo 'APT::Sandbox::User "";'
        echo "DPkg::Options { \"--root=$root\"; \"--force-not-root\"; \"--force-bad-path\"; };"
        echo "DPkg::Pre-Install-Pkgs { \"$hook\"; };"
        echo "DPkg::Tools::Options::$hook::Version \"$version\";"
        printf '%s\n' "$@"
    } > "$folder/apt.conf"
}

installs() {
    APT_CONFIG=$folder/apt.conf apt-get --yes install "$folder/$1_1.0_all.deb" > "$folder/log" 2>&1 &&
        test -f "$root/usr/share/$1/text"
}

fail() {
    echo "apt hook, protocol $version: $1"
    cat "$folder/log"
    exit 1
}

# refused NAME WORDS: it is not installed, nothing of it is there, and the hook says why.
refused() {
    if installs "$1"; then fail "$1 was installed"; fi
    test ! -e "$root/usr/share/$1" || fail "a part of $1 was installed"
    grep --quiet -- "$2" "$folder/log" || fail "no word of: $2"
}

accepted() {
    installs "$1" || fail "$1 was refused"
}

bundles="Kettle::Bundles \"$folder/bundles\";"
policy="Kettle::Policy \"$vectors/policies/pinned.json\";"
trust="Kettle::Trust-Root \"$vectors/trust-root.json\"; Kettle::At \"2026-06-01T00:00:00Z\";"

package kettle-test-uncovered "nobody vouches"

for version in 2 3; do
    # dpkg-deb writes times into the package: the bundle is for what lies there now.
    package kettle-test-covered "as it was built"
    system "$bundles" "$policy" "$trust"
    cargo run --quiet --locked --package kettle-testvectors --bin attest -- \
        "$folder/bundles/kettle-test-covered/1.0" "$folder/kettle-test-covered_1.0_all.deb"
    accepted kettle-test-covered
    refused kettle-test-uncovered "no bundle covers this package"

    system "$bundles" "$policy" "$trust" 'Kettle::Uncovered "warn";'
    accepted kettle-test-uncovered
    grep --quiet "installed unverified" "$folder/log" || fail "no warning"
    system "$bundles" "$policy" "$trust" 'Kettle::Uncovered "allow";'
    accepted kettle-test-uncovered
    system "$bundles" "$policy" "$trust" 'Kettle::Uncovered "perhaps";'
    refused kettle-test-uncovered "expected refuse, warn or allow"

    system "$bundles" "$trust"
    refused kettle-test-covered "none of the 1 bundles"
    system "$bundles" "$trust" 'Kettle::Accept "inconclusive unpinned";'
    accepted kettle-test-covered
    system "$bundles" "$policy"
    refused kettle-test-covered "none of the 1 bundles"
    system "$policy" "$trust"
    refused kettle-test-covered "Kettle::Bundles"
    system "$bundles" "$policy" "$trust" 'Kettle::Polcy "x";'
    refused kettle-test-covered "no such option"
    system "$bundles" "Kettle::Policy \"$folder/nothing\";" "$trust"
    refused kettle-test-covered "no such file"

    package kettle-test-covered "somebody changed it"
    system "$bundles" "$policy" "$trust" 'Kettle::Uncovered "allow"; Kettle::Accept "failed";'
    refused kettle-test-covered "none of the 1 bundles"
done

# What apt would never write.
lines() { printf "$1" | "$hook" > "$folder/log" 2>&1 && fail "the hook took: $1"; return 0; }
lines ''
lines '/a.deb\n'
lines 'VERSION 4\n\n'
lines 'VERSION 3\nKettle::Bundles=/tmp\n'
lines 'VERSION 3\nKettle::Bundles=%%0\n\n'
lines 'VERSION 3\nKettle::Bundles=/tmp\n\na - - none < 1 all none /a.deb'
lines 'VERSION 3\nKettle::Bundles=/tmp\n\na - - none < 1 all none **ERROR**\n'
lines 'VERSION 3\nKettle::Bundles=/tmp\n\na/../.. - - none < 1 all none /a.deb\n'
lines 'VERSION 2\nKettle::Bundles=/tmp\n\na - <\n'
printf 'VERSION 3\n\na 1 all none > - - none **REMOVE**\n' | "$hook"
echo "apt hook: installs what a bundle vouches for, and refuses the rest"
