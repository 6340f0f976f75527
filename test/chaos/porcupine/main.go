// Checks histories of ../history.ts with Porcupine: one line for each file, its name and
// "linearizable", "violation" or "undecided".
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

func main() {
	slackMs := flag.Float64("slack-ms", 250, "how far the nodes' clocks may be from the history's")
	timeout := flag.Duration("timeout", 10*time.Second, "for each group of seats")
	flag.Parse()
	for _, file := range flag.Args() {
		operations, err := readHistory(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		fmt.Println(file, verdict(operations, *slackMs, *timeout))
	}
}

func verdict(operations []operation, slackMs float64, timeout time.Duration) string {
	if hasDoubleIds(operations) || runsBackwards(operations) {
		return "violation"
	}
	result := "linearizable"
	for _, group := range groups(operations) {
		switch porcupine.CheckOperationsTimeout(model(slackMs), steps(group), timeout) {
		case porcupine.Illegal:
			return "violation"
		case porcupine.Unknown:
			result = "undecided"
		}
	}
	return result
}

// hasDoubleIds is whether a hold token or booking id was given out twice.
func hasDoubleIds(operations []operation) bool {
	given := map[string]bool{}
	for _, o := range operations {
		switch o.Request.Kind {
		case "hold", "book", "confirm":
			id := o.ScreeningId + "/" + o.Outcome.Answer.Id
			if o.Outcome.Kind == "ok" && given[id] {
				return true
			}
			given[id] = o.Outcome.Kind == "ok"
		}
	}
	return false
}

// runsBackwards is whether a change has a number no greater than that of one that was
// answered before it was asked for.
func runsBackwards(operations []operation) bool {
	for _, late := range operations {
		for _, early := range operations {
			isLater := early.ReturnedMs != nil && late.ReturnedMs != nil && *early.ReturnedMs < late.InvokedMs
			isChange := early.Outcome.Answer.Revision != 0 && late.Outcome.Answer.Revision != 0
			if isLater && isChange && early.ScreeningId == late.ScreeningId &&
				early.Outcome.Answer.Revision >= late.Outcome.Answer.Revision {
				return true
			}
		}
	}
	return false
}

// steps are what happened for certain, and what may have happened.
func steps(group []operation) []porcupine.Operation {
	var all []porcupine.Operation
	add := func(o operation, untold bool, from, by float64) {
		if by < from {
			by = from
		}
		all = append(all, porcupine.Operation{
			ClientId: len(all),
			Input:    step{o, untold, from, by},
			Call:     nanoseconds(from),
			Return:   nanoseconds(by),
		})
	}
	for _, o := range group {
		isRead := o.Request.Kind == "get-hold" || o.Request.Kind == "get-booking"
		lateBy := math.Inf(1)
		if o.LateByMs != nil {
			lateBy = *o.LateByMs
		}
		isAnswered := o.Outcome.Kind != "unknown" && o.ReturnedMs != nil
		if isAnswered {
			add(o, false, o.InvokedMs, *o.ReturnedMs)
		}
		if !isRead && (!isAnswered || (o.Outcome.Kind == "refused" && o.InDoubt)) {
			add(o, true, o.InvokedMs, lateBy)
		}
	}
	return all
}

func nanoseconds(ms float64) int64 {
	if ms > 1e12 {
		return math.MaxInt64
	}
	return int64(ms * 1e6)
}
