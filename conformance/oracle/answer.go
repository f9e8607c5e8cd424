package main

// Lines that come from elsewhere: a line is read for its questions, and written again with the answers of the upstream code.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// answer reads JSON lines from standard input until it ends. What is no line of the kind is answered by null.
func answer(kind string) {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		var line json.RawMessage
		if err := in.Decode(&line); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			panic(err)
		}
		answered, err := answerLine(kind, line)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			answered = nil
		}
		must(out.Encode(answered))
	}
}

func answerLine(kind string, text json.RawMessage) (any, error) {
	switch kind {
	case "authorize":
		return answered(text, func(line *authLine) bool { line.answer(); return true })
	case "covers":
		return answered(text, func(line *coversLine) bool { line.answer(); return true })
	case "subjects":
		return answered(text, func(line *subjectsLine) bool { line.answer(); return true })
	case "rules":
		return answered(text, func(line *rulesLine) bool { line.answer(); return true })
	case "http":
		return answered(text, func(c *httpCase) bool {
			name, _, _ := strings.Cut(c.Forbidden, "\n")
			return c.answer(name)
		})
	case "validate":
		return answered(text, func(c *validateCase) bool { c.answer(); return true })
	case "escalation":
		return answered(text, func(line *escalationLine) bool { line.answer(); return true })
	case "describe":
		return answered(text, func(c *describeCase) bool { return c.answer() })
	case "tables":
		return answered(text, func(c *tableCase) bool { return c.answer() })
	case "list":
		return answered(text, func(c *listCase) bool { c.answer(); return true })
	case "create":
		return answered(text, func(c *createCase) bool { c.answer(); return true })
	case "print":
		return answered(text, func(c *printCase) bool { return c.answer() })
	}
	switch kind {
	case "decode":
		return answered(text, func(line *decodeLine) bool { line.answer(); return true })
	case "controllers":
		return answered(text, func(c *loopCase) bool { return c.answer() })
	case "apply":
		return answered(text, func(c *applyCase) bool { return c.answer() })
	}
	return nil, fmt.Errorf("no kind is named %q", kind)
}

func answered[T any](text json.RawMessage, fill func(*T) bool) (any, error) {
	line := new(T)
	if err := json.Unmarshal(text, line); err != nil {
		return nil, err
	}
	if !fill(line) {
		return nil, errors.New("upstream has no answer")
	}
	return line, nil
}

// The kinds whose lines hold an object of any of the four kinds.

func (c *validateCase) UnmarshalJSON(text []byte) error {
	var raw struct {
		Kind        string
		Object, Old json.RawMessage
	}
	err := json.Unmarshal(text, &raw)
	if c.Kind = raw.Kind; err == nil {
		c.Object, err = value(raw.Kind, raw.Object)
	}
	if err == nil && raw.Old != nil {
		c.Old, err = value(raw.Kind, raw.Old)
	}
	return err
}

func (c *escalationCase) UnmarshalJSON(text []byte) error {
	var raw struct {
		User, Kind  string
		Groups      []string
		Object, Old json.RawMessage
		Update      bool
	}
	err := json.Unmarshal(text, &raw)
	c.User, c.Groups, c.Kind, c.Update = raw.User, raw.Groups, raw.Kind, raw.Update
	if err == nil {
		c.Object, err = value(raw.Kind, raw.Object)
	}
	if err == nil && raw.Old != nil {
		c.Old, err = value(raw.Kind, raw.Old)
	}
	return err
}

func (c *describeCase) UnmarshalJSON(text []byte) error {
	var raw struct {
		Kind   string
		Object json.RawMessage
	}
	err := json.Unmarshal(text, &raw)
	if c.Kind = raw.Kind; err == nil {
		c.Object, err = pointer(raw.Kind, raw.Object)
	}
	return err
}

func value(kind string, text json.RawMessage) (any, error) {
	object, err := pointer(kind, text)
	switch x := object.(type) {
	case *rbacv1.Role:
		return *x, err
	case *rbacv1.ClusterRole:
		return *x, err
	case *rbacv1.RoleBinding:
		return *x, err
	case *rbacv1.ClusterRoleBinding:
		return *x, err
	}
	return nil, err
}

func pointer(kind string, text json.RawMessage) (object any, err error) {
	switch kind {
	case "Role":
		object = &rbacv1.Role{}
	case "ClusterRole":
		object = &rbacv1.ClusterRole{}
	case "RoleBinding":
		object = &rbacv1.RoleBinding{}
	case "ClusterRoleBinding":
		object = &rbacv1.ClusterRoleBinding{}
	case "ServiceAccount":
		object = &corev1.ServiceAccount{}
	case "Secret":
		object = &corev1.Secret{}
	default:
		return nil, fmt.Errorf("no object of RBAC is a %q", kind)
	}
	return object, json.Unmarshal(text, object)
}
