package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hue-infra/keeping"
)

const (
	keeperUser = "streams"        // its password is the file of that name, whatever the account
	proof      = "platform-proof" // the stream that proofs go through; it is nobody's
	every      = 5 * time.Second
	stale      = 2 * time.Minute // a pass that takes longer hangs
)

// plan is what the chart declares: where the servers are, and what streams each account has.
type plan struct {
	Server  string     `json:"server"`
	Streams []declared `json:"streams"`
}

type declared struct {
	Account string                 `json:"account"`
	Stream  jetstream.StreamConfig `json:"stream"`
}

// read returns what the chart declares in a file.
func read[T plan | field](path string) (T, error) {
	var found T
	text, err := os.ReadFile(path)
	if err != nil {
		return found, err
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return found, fmt.Errorf("%s: %w", path, err)
	}
	return found, nil
}

// keeper makes the declared streams, and says how they are.  What is not declared it leaves alone:
// a stream holds messages.
type keeper struct {
	plan                    plan
	passwords, certificates string

	connections map[string]*nats.Conn
	updated     map[string]bool
	*keeping.Keeper
}

func newKeeper(declared plan, passwords, certificates string) *keeper {
	k := &keeper{
		plan: declared, passwords: passwords, certificates: certificates,
		connections: map[string]*nats.Conn{}, updated: map[string]bool{},
	}
	count := len(declared.Streams)
	k.Keeper = keeping.New(fmt.Sprintf("%d streams", count), stale+time.Duration(count)*patience, k.pass)
	return k
}

// pass makes what is missing, changes each stream once to what is declared, and says what lacks.
func (k *keeper) pass(asked context.Context) []string {
	var lacks []string
	for _, one := range k.plan.Streams {
		limit, cancel := context.WithTimeout(asked, patience)
		if err := k.settle(limit, one); err != nil {
			lacks = append(lacks, fmt.Sprintf("%s: %v", one.Stream.Name, err))
		}
		cancel()
	}
	return lacks
}

func (k *keeper) settle(limit context.Context, one declared) error {
	api, err := k.api(one.Account)
	if err != nil {
		return err
	}
	if name := one.Stream.Name; !k.updated[name+" "+one.Account] {
		if _, err := api.CreateOrUpdateStream(limit, one.Stream); err != nil {
			return err
		}
		k.updated[name+" "+one.Account] = true
		log.Printf("%s: is as declared", name)
	}
	err = current(limit, api, one.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		delete(k.updated, one.Stream.Name+" "+one.Account)
	}
	return err
}

// current says what a stream lacks to have all its replicas up to date; nothing if it has them.
func current(limit context.Context, api jetstream.JetStream, declared jetstream.StreamConfig) error {
	stream, err := api.Stream(limit, declared.Name)
	if err != nil || declared.Replicas < 2 {
		return err
	}
	cluster := stream.CachedInfo().Cluster
	if cluster == nil || cluster.Leader == "" {
		return errors.New("no leader")
	}
	count := 1
	for _, peer := range cluster.Replicas {
		if peer.Current && !peer.Offline {
			count++
		}
	}
	if count < declared.Replicas {
		return fmt.Errorf("%d of %d replicas are up to date", count, declared.Replicas)
	}
	return nil
}

// api connects to an account, once.
func (k *keeper) api(account string) (jetstream.JetStream, error) {
	connection := k.connections[account]
	if connection == nil || connection.IsClosed() {
		var err error
		password := filepath.Join(k.passwords, keeperUser)
		connection, err = connect(k.plan.Server, keeperUser+"."+account, password, k.certificates)
		if err != nil {
			return nil, err
		}
		k.connections[account] = connection
	}
	return jetstream.New(connection)
}

// connect speaks to the servers as a user whose password is a file, and goes on when it changes.
func connect(server, user, password, certificates string) (*nats.Conn, error) {
	return nats.Connect(
		server,
		nats.Name(user),
		nats.RootCAs(filepath.Join(certificates, "ca.crt")),
		nats.UserInfoHandler(func() (string, string) {
			text, _ := os.ReadFile(password)
			return user, strings.TrimSpace(string(text))
		}),
		nats.Timeout(5*time.Second),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(),
	)
}

// prove says in a word what is so, or fails.
func (k *keeper) prove(limit context.Context, what []string) (string, error) {
	switch {
	case len(what) == 2 && what[0] == "stream":
		return "there", k.isThere(limit, what[1])
	case len(what) == 1 && what[0] == "replicas":
		return "current", k.areCurrent(limit)
	case len(what) == 1 && what[0] == "message":
		return "acknowledged", k.goesInAndOut(limit)
	}
	return "", errors.New(usage)
}

func (k *keeper) isThere(limit context.Context, name string) error {
	for _, one := range k.plan.Streams {
		if one.Stream.Name == name {
			api, err := k.api(one.Account)
			if err == nil {
				_, err = api.Stream(limit, name)
			}
			return err
		}
	}
	return errors.New("not declared: " + name)
}

func (k *keeper) areCurrent(limit context.Context) error {
	for _, one := range k.plan.Streams {
		api, err := k.api(one.Account)
		if err != nil {
			return err
		}
		if err := current(limit, api, one.Stream); err != nil {
			return fmt.Errorf("%s: %w", one.Stream.Name, err)
		}
	}
	return nil
}

// goesInAndOut stores a message with acknowledgement, reads it back, and removes it.
func (k *keeper) goesInAndOut(limit context.Context) error {
	for _, one := range k.plan.Streams {
		if one.Stream.Name != proof {
			continue
		}
		api, err := k.api(one.Account)
		if err != nil {
			return err
		}
		text := nats.NewInbox()
		acknowledged, err := api.Publish(limit, one.Stream.Subjects[0], []byte(text))
		if err != nil {
			return err
		}
		stream, err := api.Stream(limit, proof)
		if err != nil {
			return err
		}
		message, err := stream.GetMsg(limit, acknowledged.Sequence)
		if err != nil {
			return err
		}
		if string(message.Data) != text {
			return errors.New("another message came out")
		}
		return stream.DeleteMsg(limit, acknowledged.Sequence)
	}
	return errors.New("not declared: " + proof)
}

func sorted(files map[string]string) []string {
	return slices.Sorted(maps.Keys(files))
}
