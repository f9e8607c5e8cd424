// Command replay draws SubjectAccessReviews from a cluster's RBAC objects, asks an API server, and compares what two servers said.
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

const usage = `usage:
  replay ports N                              N free ports of the loopback
  replay draw DUMP SEED N                     N reviews, one a line, near to what the objects of DUMP grant
  replay ask URL CA CERTIFICATE KEY < REVIEWS the answers, one a line
  replay compare DUMP REVIEWS ANSWERS ANSWERS what the two servers agree on`

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) == 2 && args[0] == "ports":
		err = ports(number(args[1]))
	case len(args) == 4 && args[0] == "draw":
		err = draw(args[1], int64(number(args[2])), number(args[3]))
	case len(args) == 5 && args[0] == "ask":
		err = ask(args[1], args[2], args[3], args[4])
	case len(args) == 5 && args[0] == "compare":
		err = compare(args[1], args[2], args[3], args[4])
	default:
		err = fmt.Errorf("%s", usage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return n
}

// ports keeps each open until all are found, so that none comes twice.
func ports(n int) error {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
	}
	return nil
}
