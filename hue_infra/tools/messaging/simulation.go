package main

import (
	"context"
	"fmt"
	"math"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"hue-infra/keeping"
)

const hour = 3600.0

// simulation is every declared device at once, each saying what is usual there.
type simulation struct {
	field                   field
	passwords, certificates string

	clients map[string]mqtt.Client
	due     map[string]time.Time
	*keeping.Keeper
}

func newSimulation(declared field, passwords, certificates string) *simulation {
	s := &simulation{
		field: declared, passwords: passwords, certificates: certificates,
		clients: map[string]mqtt.Client{}, due: map[string]time.Time{},
	}
	count := len(declared.Devices)
	s.Keeper = keeping.New(fmt.Sprintf("%d simulated devices", count), stale+time.Duration(count)*patience, s.pass)
	return s
}

// pass lets those devices speak whose time has come, and says which could not.
func (s *simulation) pass(asked context.Context) []string {
	var lacks []string
	for _, one := range s.field.Devices {
		now := time.Now()
		if asked.Err() != nil || now.Before(s.due[one.Name]) {
			continue
		}
		if err := s.speak(one, now); err != nil {
			lacks = append(lacks, fmt.Sprintf("%s: %v", one.Name, err))
			continue
		}
		s.due[one.Name] = now.Add(time.Duration(one.Every) * time.Second)
	}
	return lacks
}

// speak says of each quantity what is usual, a tenth more or less in the course of an hour.
func (s *simulation) speak(one device, now time.Time) error {
	client, err := s.client(one.Name)
	if err != nil {
		return err
	}
	wave := math.Sin(2 * math.Pi * float64(now.Unix()) / hour)
	for _, quantity := range one.Quantities {
		if err := say(client, one.Name, quantity.Name, quantity.Usual*(1+wave/10)); err != nil {
			return err
		}
	}
	return nil
}

// client connects as a device, once: what is lost is taken up again by itself.
func (s *simulation) client(name string) (mqtt.Client, error) {
	if client := s.clients[name]; client != nil {
		return client, nil
	}
	client, err := dial(s.field.Mqtt, name, s.passwords, s.certificates)
	if err == nil {
		s.clients[name] = client
	}
	return client, err
}
