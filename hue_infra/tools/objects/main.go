// Command objects is the store of the chart of that name, and what keeps its buckets: an S3 server
// over a file system whose accounts are files, and a client that makes the declared buckets.
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

const usage = `objects server   run the store
objects buckets  make and keep the declared buckets
objects prove    prove a bucket, an object or a lock: bucket NAME | object | lock`

const patience = 20 * time.Second // within which one proof must be given

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal(usage)
	}
	options := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	volume := options.String("volume", "/var/lib/objects", "directory that all objects lie below")
	declared := options.String("declared", "/etc/objects/buckets.json", "the declared buckets")
	passwords := options.String("passwords", "/etc/objects-passwords", "directory with a file for each account's key")
	certificates := options.String("certificates", "/etc/objects-tls", "directory of the certificate")
	_ = options.Parse(os.Args[2:])

	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var err error
	switch os.Args[1] {
	case "server":
		err = serve(asked, *volume, ":9000", *passwords, *certificates)
	case "buckets":
		err = keep(asked, *declared, *passwords, *certificates)
	case "prove":
		err = proven(options.Args(), *declared, *passwords, *certificates)
	default:
		err = fmt.Errorf("unknown: %s\n%s", os.Args[1], usage)
	}
	if err != nil {
		log.Fatalf("objects: %v", err)
	}
}

func keep(asked context.Context, declared, passwords, certificates string) error {
	keeper, err := newKeeper(declared, passwords, certificates)
	if err != nil {
		return err
	}
	go func() { log.Fatalf("objects: %v", keeper.Answer(":8080")) }()
	go keeper.clear(asked)
	keeper.Run(asked, every)
	return nil
}

func proven(what []string, declared, passwords, certificates string) error {
	limit, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	keeper, err := newKeeper(declared, passwords, certificates)
	if err != nil {
		return err
	}
	said, err := keeper.prove(limit, what)
	if err == nil {
		fmt.Println(said)
	}
	return err
}
