package main

// What changed between two releases: the lines that two oracles wrote for the same seeds, compared place by place.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strings"
)

// change is a difference without what is peculiar to its line: numbers and quoted text.
type change struct{ place, was, is string }

// seen is how many lines have a change, and the first of them.
type seen struct {
	lines, line int
	was, is     string
}

const (
	shownChanges = 12  // of a kind
	shownText    = 160 // of a value
)

// changes compares the lines of two files and prints a table of what differs. A line that is null on either side is passed over: an
// oracle may have no answer to a draw.
func changes(kind, oldPath, newPath string) {
	was, is := readLines(oldPath), readLines(newPath)
	found := map[change]*seen{}
	compared, differing := 0, 0
	for i := range min(len(was), len(is)) {
		if was[i] == nil || is[i] == nil {
			continue
		}
		compared++
		here := map[change]*seen{}
		compare("", was[i], is[i], func(place string, a, b any) {
			was, is := show(a), show(b)
			c := change{place, shape(was), shape(is)}
			if was != is && strings.Join(strings.Fields(was), " ") == strings.Join(strings.Fields(is), " ") {
				c = change{place + " (white space)", "", ""}
			}
			if here[c] == nil {
				here[c] = &seen{1, i + 1, was, is}
			}
		})
		for c, first := range here {
			if known := found[c]; known != nil {
				known.lines++
			} else {
				found[c] = first
			}
		}
		if len(here) > 0 {
			differing++
		}
	}
	fmt.Printf("%s: %d of %d lines differ\n", kind, differing, compared)
	printChanges(found)
}

func printChanges(found map[change]*seen) {
	if len(found) == 0 {
		return
	}
	var all []change
	for c := range found {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := found[all[i]], found[all[j]]
		if a.lines != b.lines {
			return a.lines > b.lines
		}
		if a.line != b.line {
			return a.line < b.line
		}
		return all[i].place < all[j].place
	})
	fmt.Print("\n| lines | place | was | is | first in line |\n| ---: | --- | --- | --- | ---: |\n")
	for _, c := range all[:min(len(all), shownChanges)] {
		s := found[c]
		fmt.Printf("| %d | %s | %s | %s | %d |\n", s.lines, c.place, cell(s.was), cell(s.is), s.line)
	}
	if more := len(all) - shownChanges; more > 0 {
		fmt.Printf("\nand %d more kinds of change\n", more)
	}
	fmt.Println()
}

func readLines(path string) []any {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	var lines []any
	for in := json.NewDecoder(bufio.NewReader(file)); in.More(); {
		var line any
		must(in.Decode(&line))
		lines = append(lines, line)
	}
	return lines
}

// compare finds the places where two values differ. Lists of texts are compared as they are told: what only one of them has, or the order.
func compare(place string, a, b any, differ func(place string, a, b any)) {
	if reflect.DeepEqual(a, b) {
		return
	}
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			for _, key := range keys(x, y) {
				compare(strings.TrimPrefix(place+"."+key, "."), x[key], y[key], differ)
			}
			return
		}
	case []any:
		y, ok := b.([]any)
		if left, right, texts := onlyIn(x, y); ok && texts {
			pair(place, left, right, differ)
			return
		} else if ok && len(x) == len(y) {
			for i := range x {
				compare(place+"[]", x[i], y[i], differ)
			}
			return
		}
	}
	differ(place, a, b)
}

func keys(a, b map[string]any) []string {
	var all []string
	for key := range a {
		all = append(all, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			all = append(all, key)
		}
	}
	sort.Strings(all)
	return all
}

// pair tells the texts apart that only one list has: those that begin alike, up to a colon, took each other's place.
func pair(place string, left, right []any, differ func(place string, a, b any)) {
	if len(left)+len(right) == 0 {
		differ(place+" (order)", nil, nil)
	}
	start := func(text any) string {
		head, _, _ := strings.Cut(text.(string), ": ")
		return head[strings.LastIndex(head, " ")+1:]
	}
	for _, was := range left {
		var is any
		for i, other := range right {
			if start(other) == start(was) {
				is, right = other, append(right[:i:i], right[i+1:]...)
				break
			}
		}
		differ(place+"[]", was, is)
	}
	for _, is := range right {
		differ(place+"[]", nil, is)
	}
}

// onlyIn is what only the one and only the other list has, if both hold texts.
func onlyIn(a, b []any) (left, right []any, texts bool) {
	count := map[string]int{}
	for _, list := range [][]any{a, b} {
		for _, x := range list {
			if _, ok := x.(string); !ok {
				return nil, nil, false
			}
		}
	}
	for _, x := range b {
		count[x.(string)]++
	}
	for _, x := range a {
		if count[x.(string)]--; count[x.(string)] < 0 {
			left = append(left, x)
		}
	}
	for i := len(b) - 1; i >= 0; i-- {
		if x := b[i].(string); count[x] > 0 {
			count[x]--
			right = append([]any{x}, right...)
		}
	}
	return left, right, true
}

func show(value any) string {
	switch x := value.(type) {
	case string:
		return x
	case nil:
		return ""
	case []any:
		var parts []string
		for _, part := range x {
			parts = append(parts, show(part))
		}
		return strings.Join(parts, "; ")
	}
	text, err := json.Marshal(value)
	must(err)
	return string(text)
}

var peculiar = regexp.MustCompile(`"(\\.|[^"\\])*"|[0-9]+`)

func shape(text string) string {
	return peculiar.ReplaceAllString(text, "_")
}

// cell is a text as it may stand in a table.
func cell(text string) string {
	if runes := []rune(text); len(runes) > shownText {
		text = string(runes[:shownText]) + "…"
	}
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("\n", "⏎", "|", "\\|", "`", "'").Replace(text) + "`"
}
