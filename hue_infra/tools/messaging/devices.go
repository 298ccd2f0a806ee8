package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const early = 5 * time.Minute // by which a device's clock may be ahead of ours

// field is what the chart of devices declares: where the servers are, the stream that readings are
// kept in, and who measures what.
type field struct {
	Server  string                 `json:"server"`
	Mqtt    string                 `json:"mqtt"`
	Stream  jetstream.StreamConfig `json:"stream"`
	Devices []device               `json:"devices"`
}

type device struct {
	Name       string     `json:"name"`
	Place      string     `json:"place"`
	Every      int        `json:"every"` // seconds between two readings
	Quantities []quantity `json:"quantities"`
}

type quantity struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Usual  float64 `json:"usual"`
	Limits []limit `json:"limits"`
}

// limit is one that a reading must not go beyond: above it or below it.
type limit struct {
	Name     string   `json:"name"`
	Severity string   `json:"severity"`
	Above    *float64 `json:"above,omitempty"`
	Below    *float64 `json:"below,omitempty"`
}

func (one limit) bound() (string, float64) {
	if one.Above != nil {
		return "above", *one.Above
	}
	return "below", *one.Below
}

// reading is what was measured, and when; it is kept in this form.
type reading struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at"`
}

// parse reads what a device says: a number, or an object with the number and the moment of it.
func parse(said []byte, now time.Time) (reading, error) {
	text := bytes.TrimSpace(said)
	if value, err := strconv.ParseFloat(string(text), 64); err == nil {
		return checked(reading{value, now}, now)
	}
	var told struct {
		Value *float64   `json:"value"`
		At    *time.Time `json:"at"`
	}
	if err := json.Unmarshal(text, &told); err != nil || told.Value == nil {
		return reading{}, errors.New("neither a number nor an object with a value")
	}
	if told.At == nil {
		told.At = &now
	}
	return checked(reading{*told.Value, told.At.UTC()}, now)
}

func checked(one reading, now time.Time) (reading, error) {
	if math.IsNaN(one.Value) || math.IsInf(one.Value, 0) {
		return reading{}, errors.New("not a finite number")
	}
	if one.At.After(now.Add(early)) {
		return reading{}, errors.New("of the future")
	}
	return one, nil
}
