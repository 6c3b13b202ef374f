// Runs code that verifies a token, in Go, which stands beside it as a file of its own: for each argument the claims, or
// null if it is refused. See ../code.rs.
package main

import (
	"encoding/json"
	"os"
)

func main() {
	results := []any{}
	for _, token := range os.Args[1:] {
		if verified, err := verify(token); err == nil {
			results = append(results, verified.Claims)
		} else {
			results = append(results, nil)
		}
	}
	json.NewEncoder(os.Stdout).Encode(results)
}
