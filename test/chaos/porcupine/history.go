package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// What ../history.ts writes: a header line, then a line for every operation.

type request struct {
	Kind      string
	BuyerId   string
	SeatIds   []string
	HoldToken string
	BookingId string
	TtlMs     float64
}

type answer struct {
	Id          string
	SeatIds     []string
	GoneSeatIds []string
	Revision    int64
	ExpireMs    float64
}

type outcome struct {
	Kind   string
	Answer answer
	Reason string
	Seats  map[string]string
	Ended  string
}

type operation struct {
	Id          int
	ScreeningId string
	Request     request
	InvokedMs   float64
	ReturnedMs  *float64
	InDoubt     bool
	LateByMs    *float64
	Outcome     outcome
}

func readHistory(file string) ([]operation, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 16<<20)
	if !lines.Scan() {
		return nil, fmt.Errorf("%s is empty", file)
	}
	var header struct{ History int }
	if err := json.Unmarshal(lines.Bytes(), &header); err != nil || header.History != 1 {
		return nil, fmt.Errorf("%s is not a history of format 1", file)
	}
	var operations []operation
	for lines.Scan() {
		var next operation
		if err := json.Unmarshal(lines.Bytes(), &next); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		operations = append(operations, next)
	}
	return operations, lines.Err()
}

// names are the seats, holds and bookings an operation is about.
func (o operation) names() []string {
	var names []string
	add := func(kind string, ids ...string) {
		for _, id := range ids {
			if id != "" {
				names = append(names, kind+" "+id)
			}
		}
	}
	add("seat", o.Request.SeatIds...)
	add("hold", o.Request.HoldToken)
	add("booking", o.Request.BookingId)
	if o.Outcome.Kind == "ok" {
		kind := "booking"
		switch o.Request.Kind {
		case "hold", "extend", "release", "get-hold":
			kind = "hold"
		}
		add(kind, o.Outcome.Answer.Id)
		add("seat", o.Outcome.Answer.SeatIds...)
		add("seat", o.Outcome.Answer.GoneSeatIds...)
	}
	return names
}

// groups splits operations into those that have no seat, hold or booking in common.
func groups(operations []operation) [][]operation {
	parent := map[string]string{}
	var root func(name string) string
	root = func(name string) string {
		if next, known := parent[name]; known && next != name {
			parent[name] = root(next)
			return parent[name]
		}
		parent[name] = name
		return name
	}
	inScreening := func(o operation, name string) string { return o.ScreeningId + "/" + name }
	for _, o := range operations {
		names := o.names()
		for _, name := range names {
			parent[root(inScreening(o, name))] = root(inScreening(o, names[0]))
		}
	}
	byRoot := map[string][]operation{}
	var order []string
	for _, o := range operations {
		at := root(inScreening(o, o.names()[0]))
		if byRoot[at] == nil {
			order = append(order, at)
		}
		byRoot[at] = append(byRoot[at], o)
	}
	var all [][]operation
	for _, at := range order {
		all = append(all, byRoot[at])
	}
	return all
}
