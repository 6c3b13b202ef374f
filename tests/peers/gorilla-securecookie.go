// gorilla/securecookie. Its arguments are the serializer and, for encrypted values, the block key in hexadecimal.
// How it is asked: see serve.mjs.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/gorilla/securecookie"
)

func main() {
	var lists [][]string
	check(json.Unmarshal([]byte(os.Getenv("PEER_SECRETS")), &lists))
	var apps [][]securecookie.Codec
	for _, secrets := range lists {
		apps = append(apps, codecs(secrets))
	}
	handler := func(response http.ResponseWriter, request *http.Request) {
		index, err := strconv.Atoi(strings.Trim(request.URL.Path, "/"))
		check(err)
		answer(response, request, apps[index])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go http.Serve(listener, http.HandlerFunc(handler))
	io.Copy(io.Discard, os.Stdin)
}

func answer(response http.ResponseWriter, request *http.Request, codecs []securecookie.Codec) {
	body := struct {
		Value any `json:"value"`
	}{}
	if request.Method == "POST" {
		check(json.NewDecoder(request.Body).Decode(&body))
		value, err := securecookie.EncodeMulti("peer", encodable(body.Value), codecs...)
		check(err)
		http.SetCookie(response, &http.Cookie{Name: "peer", Value: value})
		return
	}
	if cookie, err := request.Cookie("peer"); err == nil {
		body.Value = decoded(cookie.Value, codecs)
	}
	check(json.NewEncoder(response).Encode(body))
}

func codecs(secrets []string) []securecookie.Codec {
	var blockKey []byte
	if len(os.Args) > 2 {
		var err error
		blockKey, err = hex.DecodeString(os.Args[2])
		check(err)
	}
	var codecs []securecookie.Codec
	for _, secret := range secrets {
		codec := securecookie.New([]byte(secret), blockKey)
		if os.Args[1] == "JSONEncoder" {
			codec.SetSerializer(securecookie.JSONEncoder{})
		}
		codecs = append(codecs, codec)
	}
	return codecs
}

// The value as it is encoded: with gob, as the values of a session of gorilla/sessions.
func encodable(value any) any {
	if os.Args[1] == "JSONEncoder" {
		return value
	}
	session := map[any]any{}
	for name, member := range value.(map[string]any) {
		if number, ok := member.(float64); ok && number == math.Trunc(number) {
			member = int(number)
		}
		session[name] = member
	}
	return session
}

func decoded(value string, codecs []securecookie.Codec) any {
	if os.Args[1] == "JSONEncoder" {
		var anything any
		if securecookie.DecodeMulti("peer", value, &anything, codecs...) != nil {
			return nil
		}
		return anything
	}
	session := map[any]any{}
	if securecookie.DecodeMulti("peer", value, &session, codecs...) != nil {
		return nil
	}
	members := map[string]any{}
	for name, member := range session {
		members[name.(string)] = member
	}
	return members
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
