use super::*;

fn python() -> Python {
    Python {
        program: "/usr/bin/python3".into(),
        prefix: "/usr".into(),
        version: "Python 3.11.7".into(),
        minor: 11,
        glibc: true,
        library: "/usr/lib/python3.11".into(),
    }
}

#[test]
fn wheels_are_told_by_their_names() {
    let python = python();
    let arch = std::env::consts::ARCH;
    let taken = [
        "a-1.0-py3-none-any.whl",
        "a-1.0-py2.py3-none-any.whl",
        "a-1.0-py311-none-any.whl",
        "a-1.0-1-py3-none-any.whl",
        "a-1.0-cp38-abi3-manylinux_2_17_ARCH.manylinux2014_ARCH.whl",
        "a-1.0-cp311-cp311-manylinux2014_ARCH.whl",
        "a-1.0-cp311-cp311-linux_ARCH.whl",
    ];
    for name in taken {
        assert!(python.takes(&name.replace("ARCH", arch)), "{name}");
    }
    let left = [
        "a-1.0-py2-none-any.whl",
        "a-1.0-cp312-cp312-manylinux2014_ARCH.whl",
        "a-1.0-cp310-cp310-manylinux2014_ARCH.whl",
        "a-1.0-cp312-abi3-manylinux2014_ARCH.whl",
        "a-1.0-cp311-cp311t-manylinux2014_ARCH.whl",
        "a-1.0-cp311-cp311-musllinux_1_2_ARCH.whl",
        "a-1.0-cp311-cp311-manylinux2014_s390x.whl",
        "a-1.0-cp311-cp311-win_amd64.whl",
        "a-1.0-cp311-cp311-macosx_11_0_arm64.whl",
        "py3-none-any.whl",
        "a-1.0.tar.gz",
    ];
    for name in left {
        assert!(!python.takes(&name.replace("ARCH", arch)), "{name}");
    }
}

#[test]
fn names_are_those_of_the_registry() {
    assert_eq!(normal("Flit_Core").as_deref(), Some("flit-core"));
    assert_eq!(normal("zope.interface").as_deref(), Some("zope-interface"));
    assert_eq!(normal("a--b").as_deref(), Some("a-b"));
    for name in ["", "-a", "a-", "a b", "../a", "a/b", "a\"b"] {
        assert_eq!(normal(name), None, "{name}");
    }
    assert!(is_file_name("flit_core-3.12.0-py3-none-any.whl"));
    for name in ["../a.whl", "a/b.whl", ".a.whl", "a.exe", "a b.whl"] {
        assert!(!is_file_name(name), "{name}");
    }
}
