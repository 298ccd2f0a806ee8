package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const (
	prover     = "proof" // the device that proofs are given as; it is nobody's
	atLeastOne = byte(1) // the quality of service with an acknowledgement
)

// dial connects as a device, which the password of that name lets in.
func dial(server, name, passwords, certificates string) (mqtt.Client, error) {
	password, err := os.ReadFile(filepath.Join(passwords, name))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(filepath.Join(certificates, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	client := mqtt.NewClient(mqtt.NewClientOptions().
		AddBroker(server).
		SetClientID(name).
		SetUsername(name).
		SetPassword(strings.TrimSpace(string(password))).
		SetTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}).
		SetConnectTimeout(patience))
	return client, done(client.Connect())
}

// hangUp says goodbye, and does not wait long for it to be heard.
func hangUp(client mqtt.Client) {
	client.Disconnect(uint(time.Second.Milliseconds()))
}

// say tells one quantity, and waits for the acknowledgement.
func say(client mqtt.Client, device, quantity string, value float64) error {
	text := strconv.FormatFloat(value, 'g', -1, 64)
	return done(client.Publish("devices/"+device+"/"+quantity, atLeastOne, false, text))
}

func done(asked mqtt.Token) error {
	if !asked.WaitTimeout(patience) {
		return errors.New("no answer by MQTT")
	}
	return asked.Error()
}

func (r *readings) dialAsProver() (mqtt.Client, error) {
	return dial(r.field.Mqtt, prover, r.passwords, r.certificates)
}

// knock comes and goes as a device.
func (r *readings) knock() error {
	client, err := r.dialAsProver()
	if err == nil {
		hangUp(client)
	}
	return err
}

// prove says in a word what is so, or fails.
func (r *readings) prove(within context.Context, what []string) (string, error) {
	if err := r.speak(); err != nil {
		return "", err
	}
	switch {
	case len(what) == 1 && what[0] == "reading":
		return "kept", r.goesIn(within)
	case len(what) == 1 && what[0] == "copies":
		return "current", current(within, r.api, r.field.Stream)
	}
	return "", errors.New(usage)
}

// goesIn says a number as a device does, and waits until it is kept.
func (r *readings) goesIn(within context.Context) error {
	client, err := r.dialAsProver()
	if err != nil {
		return err
	}
	defer hangUp(client)
	said := rand.Float64()
	if err := say(client, prover, prover, said); err != nil {
		return err
	}
	stream, err := r.api.Stream(within, r.field.Stream.Name)
	if err != nil {
		return err
	}
	for {
		var last reading
		found, err := stream.GetLastMsgForSubject(within, subject(prover, prover))
		if err == nil && json.Unmarshal(found.Data, &last) == nil && last.Value == said {
			return nil
		}
		select {
		case <-within.Done():
			return fmt.Errorf("acknowledged, but not kept within %v", patience)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
