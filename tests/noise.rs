//! What is no signed value is taken for none: identifiers, random keys and plain data.

use keyjar::intake::Item;
use keyjar::scheme;

const NOISE: [&str; 16] = [
    "2c5ea4c0-4067-41e9-8bad-9b1deb4d3b7d",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "4b5db1ff223295afce3a1fa1a7f65b55a377b063",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "sess_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "q6ls1tk8mq6m8d1h5v0c3n2b7a",
    "eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47s=",
    "uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki-NZsG38",
    "IW8xIFt4Bcn0QoXXFZDzIg==",
    "eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki+NZsG38A==",
    "{\"user_id\":7,\"admin\":false}",
    "eyJ1c2VyX2lkIjo3LCJhZG1pbiI6ZmFsc2V9",
    "GA1.2.1234567890.1700000000",
    "https://example.com/a?b=c&d=e",
    "dark",
];

#[test]
fn noise_is_claimed_by_no_scheme() {
    for value in NOISE {
        for name in [None, Some("sid")] {
            for scheme in scheme::ALL {
                let candidate = scheme.detect(&Item::bare(name, value));
                assert_eq!(candidate, None, "{value}");
            }
        }
    }
}
