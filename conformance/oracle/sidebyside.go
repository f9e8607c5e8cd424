package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"sort"
	"testing"

	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// sideBySideInput is a policy and named lists of requests to it.
type sideBySideInput struct {
	objects
	Streams []struct {
		Name     string    `json:"name"`
		Requests []request `json:"requests"`
	} `json:"streams"`
}

// sideBySideLine is what upstream's authorizer took for each request of a list, and which of them it allowed.
type sideBySideLine struct {
	Name    string  `json:"name"`
	Least   float64 `json:"leastNanoseconds"`
	Median  float64 `json:"medianNanoseconds"`
	Bytes   int64   `json:"bytes"`
	Allowed []bool  `json:"allowed"`
}

// sideBySide reads the input of a file and prints a line for each list of requests.
func sideBySide(path string) {
	testing.Init()
	flag.Set("test.benchtime", "100ms")
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	var in sideBySideInput
	if err := json.Unmarshal(text, &in); err != nil {
		panic(err)
	}
	a := informerAuthorizer(&in.objects)
	out := json.NewEncoder(os.Stdout)
	for _, s := range in.Streams {
		attrs := make([]authorizer.AttributesRecord, len(s.Requests))
		line := sideBySideLine{Name: s.Name}
		for i, r := range s.Requests {
			attrs[i] = r.attrs()
			d, _, _ := a.Authorize(context.Background(), attrs[i])
			line.Allowed = append(line.Allowed, d == authorizer.DecisionAllow)
		}
		var samples []float64
		for range 5 {
			res := testing.Benchmark(func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; i < b.N; i++ {
					a.Authorize(context.Background(), attrs[i%len(attrs)])
				}
			})
			samples = append(samples, float64(res.T.Nanoseconds())/float64(res.N))
			line.Bytes = res.AllocedBytesPerOp()
		}
		sort.Float64s(samples)
		line.Least, line.Median = samples[0], samples[len(samples)/2]
		out.Encode(line)
	}
}
