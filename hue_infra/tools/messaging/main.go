// Command messaging is the broker of the charts messaging and iot: a NATS server whose passwords
// are files; beside it what makes the streams that were declared, or keeps what devices measure.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `messaging server    run the broker
messaging streams   make and keep the declared streams
messaging readings  keep what the declared devices measure, and tell the last of it
messaging simulate  be the declared devices
messaging prove     prove of streams: stream NAME | replicas | message; of devices: reading | copies`

const patience = 20 * time.Second // within which one proof must be given

// places are where the program finds what it is given.
type places struct {
	config, streams, devices, passwords, certificates, outer string
}

// runs is what is done again and again, and answers probes.
type runs interface {
	Run(asked context.Context, every time.Duration)
	Answer(listen string) error
}

// kept is what stands as declared while this program runs: streams, or what devices measure.
type kept interface {
	runs
	prove(within context.Context, what []string) (string, error)
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal(usage)
	}
	var in places
	options := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	options.StringVar(&in.config, "config", "/etc/messaging/server.conf", "configuration of the server")
	options.StringVar(&in.streams, "declared", "/etc/messaging/streams.json", "the declared streams")
	options.StringVar(&in.devices, "devices", "/etc/messaging/devices.json", "the declared devices")
	options.StringVar(&in.passwords, "passwords", "/etc/messaging-passwords", "directory with a file for each password")
	options.StringVar(&in.certificates, "certificates", "/etc/messaging-tls", "directory of the certificates")
	options.StringVar(&in.outer, "outer", "", "directory of the province's certificate, where there is one")
	_ = options.Parse(os.Args[2:])
	if err := in.perform(os.Args[1], options.Args()); err != nil {
		log.Fatalf("messaging: %v", err)
	}
}

func (in places) perform(verb string, what []string) error {
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	switch verb {
	case "server":
		return serve(in.config, in.passwords, in.certificates, in.outer)
	case "streams":
		return keep(asked, every, in.keeper)
	case "readings":
		return keep(asked, every, in.readings)
	case "simulate":
		return keep(asked, time.Second, in.simulation)
	case "prove":
		return in.prove(asked, what)
	}
	return fmt.Errorf("unknown: %s\n%s", verb, usage)
}

func (in places) keeper() (kept, error) {
	declared, err := read[plan](in.streams)
	if err != nil {
		return nil, err
	}
	return newKeeper(declared, in.passwords, in.certificates), nil
}

func (in places) readings() (kept, error) {
	declared, err := read[field](in.devices)
	if err != nil {
		return nil, err
	}
	return newReadings(declared, in.passwords, in.certificates), nil
}

func (in places) simulation() (runs, error) {
	declared, err := read[field](in.devices)
	if err != nil {
		return nil, err
	}
	return newSimulation(declared, in.passwords, in.certificates), nil
}

func keep[T runs](asked context.Context, every time.Duration, open func() (T, error)) error {
	found, err := open()
	if err != nil {
		return err
	}
	go func() { log.Fatalf("messaging: %v", found.Answer(":8080")) }()
	found.Run(asked, every)
	return nil
}

func (in places) prove(asked context.Context, what []string) error {
	within, cancel := context.WithTimeout(asked, patience)
	defer cancel()
	open := in.keeper
	if len(what) == 1 && (what[0] == "reading" || what[0] == "copies") {
		open = in.readings
	}
	found, err := open()
	if err != nil {
		return err
	}
	said, err := found.prove(within, what)
	if err == nil {
		fmt.Println(said)
	}
	return err
}
