// Runs a snippet in Go, which stands beside it as a file of its own. See ../snippets.rs.
package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
)

func main() {
	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("Cookie", os.Args[1])
	response := httptest.NewRecorder()
	index(response, request)
	result := map[string]any{"before": response.Body.String(), "set": response.Header()["Set-Cookie"]}
	json.NewEncoder(os.Stdout).Encode(result)
}
