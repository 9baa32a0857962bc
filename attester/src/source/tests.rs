use super::*;

#[test]
fn credentials_are_left_out_of_addresses() {
    let cases = [
        ("https://git.example/a.git", "https://git.example/a.git"),
        ("https://token@git.example/a.git", "https://git.example/a.git"),
        ("https://user:pass@git.example:8443/a@b.git", "https://git.example:8443/a@b.git"),
        ("git@git.example:a/b.git", "git@git.example:a/b.git"),
    ];
    for (given, kept) in cases {
        assert_eq!(without_credentials(given), kept);
    }
}
