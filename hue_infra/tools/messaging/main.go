// Command messaging is the broker of the chart of that name, and what keeps its streams: a NATS
// server whose passwords are files, and a client that makes the streams that were declared.
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

const usage = `messaging server   run the broker
messaging streams  make and keep the declared streams
messaging prove    prove a stream, its replicas or a message: stream NAME | replicas | message`

const patience = 20 * time.Second // within which one proof must be given

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal(usage)
	}
	options := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	config := options.String("config", "/etc/messaging/server.conf", "configuration of the server")
	declared := options.String("declared", "/etc/messaging/streams.json", "the declared streams")
	passwords := options.String("passwords", "/etc/messaging-passwords", "directory with a file for each password")
	certificates := options.String("certificates", "/etc/messaging-tls", "directory of the certificates")
	outer := options.String("outer", "", "directory of the province's certificate, where there is one")
	_ = options.Parse(os.Args[2:])

	var err error
	switch os.Args[1] {
	case "server":
		err = serve(*config, *passwords, *certificates, *outer)
	case "streams":
		err = keep(*declared, *passwords, *certificates)
	case "prove":
		err = proven(options.Args(), *declared, *passwords, *certificates)
	default:
		err = fmt.Errorf("unknown: %s\n%s", os.Args[1], usage)
	}
	if err != nil {
		log.Fatalf("messaging: %v", err)
	}
}

func keep(declared, passwords, certificates string) error {
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	plan, err := read(declared)
	if err != nil {
		return err
	}
	keeper := newKeeper(plan, passwords, certificates)
	go func() { log.Fatalf("messaging: %v", keeper.Answer(":8080")) }()
	keeper.Run(asked, every)
	return nil
}

func proven(what []string, declared, passwords, certificates string) error {
	limit, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	plan, err := read(declared)
	if err != nil {
		return err
	}
	said, err := newKeeper(plan, passwords, certificates).prove(limit, what)
	if err == nil {
		fmt.Println(said)
	}
	return err
}
