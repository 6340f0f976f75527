package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"sort"
	"strings"

	"github.com/anishathalye/porcupine"
)

// A group of seats as one caller at a time would find it. Written a second time, in
// another language and another form than ../linearizability, so that a mistake in one
// of them shows.

type hold struct {
	buyer string
	seats string // sorted, joined with spaces
	how   string // live, expired, released or confirmed
	from  float64
	by    float64 // it ends by itself between these two
}

type booking struct {
	buyer string
	seats string
}

// state is never changed; steps copy it.
type state struct {
	holds    map[string]hold
	bookings map[string]booking
	revision int64
	refused  string // ids of refusals in doubt that have happened
}

// step is one operation, or one half of a refusal that is in doubt: the refusal, or
// what an earlier attempt may do after it.
type step struct {
	operation
	untold bool
	// from and by bound the moment it happens.
	from, by float64
}

const (
	live      = "live"
	expired   = "expired"
	released  = "released"
	confirmed = "confirmed"
)

func model(slackMs float64) porcupine.Model {
	nondeterministic := porcupine.NondeterministicModel{
		Init: func() []interface{} {
			return []interface{}{state{map[string]hold{}, map[string]booking{}, 0, ""}}
		},
		Step: func(from, input, _ interface{}) []interface{} {
			var next []interface{}
			for _, found := range from.(state).after(input.(step), slackMs) {
				next = append(next, found)
			}
			return next
		},
		Equal: func(a, b interface{}) bool { return a.(state).text() == b.(state).text() },
		Hash: func(s interface{}) uint64 {
			sum := fnv.New64a()
			sum.Write([]byte(s.(state).text()))
			return sum.Sum64()
		},
	}
	return nondeterministic.ToModel()
}

// text is the same for equal states and for no others.
func (s state) text() string {
	var lines []string
	for token, h := range s.holds {
		lines = append(lines, fmt.Sprintf("h %s %s %s %s %v %v", token, h.buyer, h.seats, h.how, h.from, h.by))
	}
	for id, b := range s.bookings {
		lines = append(lines, fmt.Sprintf("b %s %s %s", id, b.buyer, b.seats))
	}
	sort.Strings(lines)
	return fmt.Sprintf("%s\n%d %s", strings.Join(lines, "\n"), s.revision, s.refused)
}

func (s state) copy() state {
	next := state{map[string]hold{}, map[string]booking{}, s.revision, s.refused}
	for token, h := range s.holds {
		next.holds[token] = h
	}
	for id, b := range s.bookings {
		next.bookings[id] = b
	}
	return next
}

// after lists the states a step may lead to; none if it cannot happen.
func (s state) after(st step, slackMs float64) []state {
	next := s.copy()
	mark := fmt.Sprintf("#%d;", st.Id)
	if st.untold {
		// It may have no effect. After a refusal that is in doubt it can only come later.
		isTooSoon := st.Outcome.Kind == "refused" && !strings.Contains(s.refused, mark)
		if isTooSoon || !next.happens(st, slackMs) {
			return []state{s}
		}
		return []state{s, next}
	}
	isPossible := false
	if st.Outcome.Kind == "ok" {
		isPossible = next.succeeds(st, slackMs)
	} else {
		isPossible = next.refuses(st, slackMs)
		if st.InDoubt {
			next.refused += mark
			sorted := strings.SplitAfter(next.refused, ";")
			sort.Strings(sorted)
			next.refused = strings.Join(sorted, "")
		}
	}
	if !isPossible {
		return nil
	}
	return []state{next}
}

func (s *state) succeeds(st step, slackMs float64) bool {
	got, asked := st.Outcome.Answer, st.Request
	if got.Revision != 0 {
		if got.Revision < s.revision {
			return false
		}
		s.revision = got.Revision
	}
	switch asked.Kind {
	case "hold":
		return joined(asked.SeatIds) == joined(got.SeatIds) && got.ExpireMs != 0 &&
			s.hold(got.Id, hold{asked.BuyerId, joined(asked.SeatIds), live, got.ExpireMs, got.ExpireMs}, st, slackMs)
	case "book":
		return joined(asked.SeatIds) == joined(got.SeatIds) &&
			s.book(got.Id, booking{asked.BuyerId, joined(asked.SeatIds)}, st, slackMs)
	case "cancel":
		b, known := s.bookings[asked.BookingId]
		if !known || b.buyer != asked.BuyerId || b.seats == "" || joined(got.GoneSeatIds) != part(asked.SeatIds, b.seats) {
			return false
		}
		left, isPart := without(b.seats, joined(got.GoneSeatIds))
		s.bookings[asked.BookingId] = booking{b.buyer, left}
		return isPart && left == joined(got.SeatIds)
	case "get-booking":
		b, known := s.bookings[asked.BookingId]
		return known && b.seats == joined(got.SeatIds)
	}
	h, known := s.holds[asked.HoldToken]
	if !known || !h.canBeLive(st, slackMs) || h.buyer != asked.BuyerId {
		return false
	}
	switch asked.Kind {
	case "extend":
		s.holds[asked.HoldToken] = hold{h.buyer, h.seats, live, math.Max(h.from, got.ExpireMs), math.Max(h.by, got.ExpireMs)}
		return h.seats == joined(got.SeatIds) && got.ExpireMs >= h.from-slackMs
	case "release":
		gone := joined(got.GoneSeatIds)
		return gone == part(asked.SeatIds, h.seats) && s.release(asked.HoldToken, gone) &&
			s.holds[asked.HoldToken].seats == joined(got.SeatIds)
	case "confirm":
		return h.seats == joined(got.SeatIds) && s.confirm(asked.HoldToken, got.Id)
	case "get-hold":
		return h.seats == joined(got.SeatIds) && got.ExpireMs >= h.from-slackMs && got.ExpireMs <= h.by+slackMs
	}
	return false
}

func (s *state) refuses(st step, slackMs float64) bool {
	why, asked := st.Outcome, st.Request
	switch asked.Kind {
	case "hold", "book":
		return why.Reason == "SEAT_UNAVAILABLE" && s.standInTheWay(st, slackMs)
	case "cancel":
		b, known := s.bookings[asked.BookingId]
		if !known {
			return false
		}
		switch why.Reason {
		case "BOOKING_NOT_FOUND":
			return why.Ended == "cancelled" && b.seats == ""
		case "BOOKING_BUYER_MISMATCH":
			return b.buyer != asked.BuyerId
		case "INVALID_FIELD":
			_, isPart := without(b.seats, joined(asked.SeatIds))
			return b.buyer == asked.BuyerId && b.seats != "" && !isPart
		}
		return false
	case "get-booking":
		return false
	}
	h, known := s.holds[asked.HoldToken]
	if !known {
		return false
	}
	if why.Reason == "HOLD_TOKEN_MISMATCH" {
		return h.buyer != asked.BuyerId
	}
	if h.buyer != asked.BuyerId {
		return false
	}
	switch why.Reason {
	case "HOLD_EXPIRED":
		if h.how == live && st.by+slackMs >= h.from {
			h.how = expired
			s.holds[asked.HoldToken] = h
		}
		return h.how == expired
	case "HOLD_NOT_FOUND":
		return h.how == why.Ended && (h.how == released || h.how == confirmed)
	case "INVALID_FIELD":
		_, isPart := without(h.seats, joined(asked.SeatIds))
		return asked.Kind == "release" && h.canBeLive(st, slackMs) && !isPart
	}
	return false
}

// standInTheWay is whether exactly the seats that were named are taken, and as was said.
func (s *state) standInTheWay(st step, slackMs float64) bool {
	named := 0
	for _, seat := range st.Request.SeatIds {
		why := st.Outcome.Seats[seat]
		if why == "" {
			if !s.isFree(seat, st, slackMs) {
				return false
			}
			continue
		}
		named++
		token, isHeld := s.holderOf(seat)
		isFound := (why == "SEAT_BOOKED" && s.isBooked(seat)) ||
			(why == "SEAT_HELD" && isHeld && s.holds[token].canBeLive(st, slackMs))
		if !isFound {
			return false
		}
	}
	return named > 0 && named == len(st.Outcome.Seats)
}

// happens is the effect of an operation nobody heard of, under an id nobody knows.
func (s *state) happens(st step, slackMs float64) bool {
	asked, id := st.Request, fmt.Sprintf("unheard %d", st.Id)
	switch asked.Kind {
	case "hold":
		taken := hold{asked.BuyerId, joined(asked.SeatIds), live, st.InvokedMs + asked.TtlMs, math.Inf(1)}
		return s.hold(id, taken, st, slackMs)
	case "book":
		return s.book(id, booking{asked.BuyerId, joined(asked.SeatIds)}, st, slackMs)
	case "cancel":
		b, known := s.bookings[asked.BookingId]
		left, isPart := without(b.seats, part(asked.SeatIds, b.seats))
		s.bookings[asked.BookingId] = booking{b.buyer, left}
		return known && b.buyer == asked.BuyerId && b.seats != "" && isPart
	case "extend", "release", "confirm":
		h, known := s.holds[asked.HoldToken]
		if !known || !h.canBeLive(st, slackMs) || h.buyer != asked.BuyerId {
			return false
		}
		switch asked.Kind {
		case "extend":
			s.holds[asked.HoldToken] = hold{h.buyer, h.seats, live, math.Max(h.from, st.InvokedMs+asked.TtlMs), math.Inf(1)}
			return true
		case "release":
			return s.release(asked.HoldToken, part(asked.SeatIds, h.seats))
		}
		return s.confirm(asked.HoldToken, id)
	}
	return false
}

func (h hold) canBeLive(st step, slackMs float64) bool {
	return h.how == live && st.from-slackMs < h.by
}

func (s *state) holderOf(seat string) (string, bool) {
	for token, h := range s.holds {
		if h.how == live && has(h.seats, seat) {
			return token, true
		}
	}
	return "", false
}

func (s *state) isBooked(seat string) bool {
	for _, b := range s.bookings {
		if has(b.seats, seat) {
			return true
		}
	}
	return false
}

// isFree also ends a hold on the seat that can have ended by then.
func (s *state) isFree(seat string, st step, slackMs float64) bool {
	if s.isBooked(seat) {
		return false
	}
	token, isHeld := s.holderOf(seat)
	if !isHeld {
		return true
	}
	h := s.holds[token]
	if st.by+slackMs < h.from {
		return false
	}
	h.how = expired
	s.holds[token] = h
	return true
}

func (s *state) areFree(seats string, st step, slackMs float64) bool {
	for _, seat := range strings.Fields(seats) {
		if !s.isFree(seat, st, slackMs) {
			return false
		}
	}
	return true
}

func (s *state) hold(token string, h hold, st step, slackMs float64) bool {
	_, known := s.holds[token]
	isFree := !known && s.areFree(h.seats, st, slackMs)
	s.holds[token] = h
	return isFree
}

func (s *state) book(id string, b booking, st step, slackMs float64) bool {
	_, known := s.bookings[id]
	isFree := !known && s.areFree(b.seats, st, slackMs)
	s.bookings[id] = b
	return isFree
}

func (s *state) release(token, gone string) bool {
	h := s.holds[token]
	left, isPart := without(h.seats, gone)
	h.seats = left
	if left == "" {
		h.how = released
	}
	s.holds[token] = h
	return isPart
}

func (s *state) confirm(token, id string) bool {
	h := s.holds[token]
	_, known := s.bookings[id]
	s.bookings[id] = booking{h.buyer, h.seats}
	h.how = confirmed
	s.holds[token] = h
	return !known
}

func joined(seats []string) string {
	sorted := append([]string{}, seats...)
	sort.Strings(sorted)
	return strings.Join(sorted, " ")
}

// part is the named seats, or all of them when none is named.
func part(named []string, all string) string {
	if len(named) == 0 {
		return all
	}
	return joined(named)
}

func has(seats, seat string) bool {
	for _, one := range strings.Fields(seats) {
		if one == seat {
			return true
		}
	}
	return false
}

// without also tells whether everything that goes was there.
func without(seats, gone string) (string, bool) {
	var left []string
	for _, seat := range strings.Fields(seats) {
		if !has(gone, seat) {
			left = append(left, seat)
		}
	}
	return joined(left), len(left)+len(strings.Fields(gone)) == len(strings.Fields(seats))
}
