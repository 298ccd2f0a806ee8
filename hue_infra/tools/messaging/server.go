package main

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	prefix = "PASSWORD_" // of the variables that the configuration names its passwords by
	pause  = 10 * time.Second
)

// serve runs a NATS server until it is asked to end.  A password or a certificate that changes in
// its file is used from then on, without a restart.
func serve(config, passwords string, certificates ...string) error {
	started, seen, err := start(config, passwords, certificates...)
	if err != nil {
		return err
	}
	go func() {
		for range time.Tick(pause) {
			seen = renew(started, seen, passwords, certificates...)
		}
	}()
	started.WaitForShutdown()
	return nil
}

// start returns a server that has begun, and what its files held then.
func start(config, passwords string, certificates ...string) (*server.Server, string, error) {
	seen, err := digest(append(certificates, passwords)...)
	if err != nil {
		return nil, "", err
	}
	if err := tell(passwords); err != nil {
		return nil, "", err
	}
	options, err := server.ProcessConfigFile(config)
	if err != nil {
		return nil, "", err
	}
	made, err := server.NewServer(options)
	if err != nil {
		return nil, "", err
	}
	made.ConfigureLogger()
	return made, seen, server.Run(made)
}

// renew lets the server read its files again if they changed; half-written ones wait.
func renew(running *server.Server, seen, passwords string, certificates ...string) string {
	now, err := digest(append(certificates, passwords)...)
	if err != nil || now == seen {
		return seen
	}
	if err := tell(passwords); err != nil {
		return seen
	}
	if err := running.Reload(); err != nil {
		running.Errorf("Files that changed are not used yet: %v", err)
		return seen
	}
	return now
}

// tell gives the passwords to this process alone: its own environment is none that others see.
func tell(passwords string) error {
	files, err := contents(passwords)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("no passwords in " + passwords)
	}
	for name, text := range files {
		// In quotes it is a string whatever it looks like.
		if err := os.Setenv(prefix+name, strconv.Quote(strings.TrimSpace(text))); err != nil {
			return err
		}
	}
	return nil
}

func digest(directories ...string) (string, error) {
	sum := sha256.New()
	for _, directory := range directories {
		if directory == "" {
			continue
		}
		files, err := contents(directory)
		if err != nil {
			return "", err
		}
		for _, name := range sorted(files) {
			sum.Write([]byte(name + "\x00" + files[name] + "\x00"))
		}
	}
	return string(sum.Sum(nil)), nil
}

// contents returns the files of a mounted secret by their names.
func contents(directory string) (map[string]string, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, entry := range entries {
		// The kubelet lays them behind hidden links.
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		files[entry.Name()] = string(text)
	}
	return files, nil
}
