package main

import (
	"log"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	whose = []string{"device", "quantity"}
	which = append(whose, "place", "unit")
)

// figures are what Prometheus is told of devices: the last reading of each quantity, how old it
// is, and the limits that it is held against.
type figures struct {
	registry                       *prometheus.Registry
	reading, moment, limits, every *prometheus.GaugeVec
	taken, refused                 *prometheus.CounterVec

	mutex  sync.Mutex
	known  map[[2]string][]string
	newest map[[2]string]time.Time
	told   map[[2]string]bool
}

func newFigures(devices []device, now time.Time) *figures {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	f := &figures{
		registry: prometheus.NewRegistry(),
		reading:  gauge("iot_reading", "What was measured last.", which...),
		moment:   gauge("iot_reading_time_seconds", "When it was measured; without a reading, since when one is waited for.", append(whose, "place")...),
		limits:   gauge("iot_limit", "What a reading is not to go beyond.", append(which, "bound", "limit", "severity")...),
		every:    gauge("iot_interval_seconds", "Time between two readings.", whose...),
		taken:    counter("iot_readings_total", "Readings that were kept.", whose...),
		refused:  counter("iot_refused_total", "Messages that were none.", "device"),
		known:    map[[2]string][]string{},
		newest:   map[[2]string]time.Time{},
		told:     map[[2]string]bool{},
	}
	f.registry.MustRegister(f.reading, f.moment, f.limits, f.every, f.taken, f.refused)
	for _, device := range devices {
		f.refused.WithLabelValues(device.Name)
		for _, quantity := range device.Quantities {
			f.declare(device, quantity, now)
		}
	}
	return f
}

func (f *figures) declare(device device, quantity quantity, now time.Time) {
	labels := []string{device.Name, quantity.Name, device.Place, quantity.Unit}
	f.known[[2]string{device.Name, quantity.Name}] = labels
	f.moment.WithLabelValues(labels[:3]...).Set(float64(now.Unix()))
	f.every.WithLabelValues(labels[:2]...).Set(float64(device.Every))
	f.taken.WithLabelValues(labels[:2]...)
	for _, limit := range quantity.Limits {
		bound, value := limit.bound()
		f.limits.WithLabelValues(append(labels, bound, limit.Name, limit.Severity)...).Set(value)
	}
}

// knows says whether a device is to measure that.
func (f *figures) knows(device, quantity string) bool {
	return f.known[[2]string{device, quantity}] != nil
}

// take counts a reading that is kept, and notes it.
func (f *figures) take(device, quantity string, one reading) {
	if f.knows(device, quantity) {
		f.taken.WithLabelValues(device, quantity).Inc()
		f.note(device, quantity, one)
	}
}

// note shows a reading, unless it comes late and is older than the one that is shown.
func (f *figures) note(device, quantity string, one reading) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	key := [2]string{device, quantity}
	labels := f.known[key]
	if one.At.Before(f.newest[key]) {
		return
	}
	f.newest[key] = one.At
	f.reading.WithLabelValues(labels...).Set(one.Value)
	f.moment.WithLabelValues(labels[:3]...).Set(float64(one.At.UnixMilli()) / 1000)
}

// refuse counts a message that is no reading, and says once of each device, and of each reason,
// what it was.
func (f *figures) refuse(device, why, what string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.refused.WithLabelValues(device).Inc()
	if key := [2]string{device, why}; !f.told[key] {
		f.told[key] = true
		log.Printf("%s: refused, %s: %.80q", device, why, what)
	}
}
