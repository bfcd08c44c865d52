// Checks a bundle of the audit log with the code that the Go project uses for sum.golang.org.
//
// Usage: main BUNDLE KEYS [OLDER_CHECKPOINT]. Everything that decides is golang.org/x/mod/sumdb;
// this file only reads the bundle's files, as docs/audit-log.md describes them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type entry struct {
	Index int64
	Body  string
	Proof tlog.RecordProof
}

func main() {
	log.SetFlags(0)
	bundle, keys := os.Args[1], verifiers(os.Args[2])
	size, root := checkpoint(filepath.Join(bundle, "checkpoint.txt"), keys)
	if len(os.Args) > 3 {
		older, then := checkpoint(os.Args[3], keys)
		proof := consistency(bundle)[strconv.FormatInt(older, 10)]
		check(tlog.CheckTree(proof, size, root, older, then))
	}
	fmt.Println(entries(bundle, size, root), "entries")
}

func verifiers(path string) note.Verifiers {
	var list []note.Verifier
	for _, line := range strings.Fields(read(path)) {
		verifier, err := note.NewVerifier(line)
		check(err)
		list = append(list, verifier)
	}
	return note.VerifierList(list...)
}

func checkpoint(path string, keys note.Verifiers) (int64, tlog.Hash) {
	opened, err := note.Open([]byte(read(path)), keys)
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return size, root
}

func consistency(bundle string) map[string]tlog.TreeProof {
	proofs := map[string]tlog.TreeProof{}
	check(json.Unmarshal([]byte(read(filepath.Join(bundle, "consistency.json"))), &proofs))
	return proofs
}

func entries(bundle string, size int64, root tlog.Hash) int {
	file, err := os.Open(filepath.Join(bundle, "entries.jsonl"))
	check(err)
	count, lines := 0, bufio.NewScanner(file)
	for ; lines.Scan(); count++ {
		var told entry
		check(json.Unmarshal(lines.Bytes(), &told))
		leaf := tlog.RecordHash([]byte(told.Body))
		check(tlog.CheckRecord(told.Proof, size, root, told.Index, leaf))
	}
	check(lines.Err())
	return count
}

func read(path string) string {
	content, err := os.ReadFile(path)
	check(err)
	return string(content)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
