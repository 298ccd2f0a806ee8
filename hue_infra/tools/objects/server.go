package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

const (
	region       = "vn"
	health       = "/healthz"
	keeperUser   = "keeper" // the account that may do everything but shorten a compliance lock
	pause        = 10 * time.Second
	connections  = 1000
	partsOfOne   = 10000
	adminIsNoway = "@objects-admin" // a socket that nobody outside of this process's network has
)

// serve runs the store until it is asked to end.  A key or a certificate that changes in its file
// is used from then on, without a restart.
func serve(asked context.Context, volume, listen, passwords, certificates string) error {
	store, err := open(volume)
	if err != nil {
		return err
	}
	renewed := make(chan struct{})
	certificate := filepath.Join(certificates, "tls.crt")
	go watch(asked, certificate, renewed)
	return embedgw.RunVersityGW(asked, locked{store}, &embedgw.Config{
		// Nobody is the server's own root: whoever keeps the buckets is an account like others.
		RootUserAccess:      "nobody",
		RootUserSecret:      rand.Text(),
		IAMService:          accounts{passwords},
		Region:              region,
		Ports:               []string{listen},
		AdminPorts:          []string{adminIsNoway},
		MaxConnections:      connections,
		MaxRequests:         connections,
		AdminMaxConnections: 1,
		AdminMaxRequests:    1,
		MultipartMaxParts:   partsOfOne,
		CertFile:            certificate,
		KeyFile:             filepath.Join(certificates, "tls.key"),
		DisableACLs:         true,
		KeepAlive:           true,
		Quiet:               true,
		HealthPath:          health,
		AccessLog:           "stdout",
		SigHup:              renewed,
	})
}

// open returns what keeps objects below the volume, each version of them.
func open(volume string) (durable, error) {
	objects, versions := filepath.Join(volume, "objects"), filepath.Join(volume, "versions")
	for _, directory := range []string{objects, versions} {
		if err := os.MkdirAll(directory, 0o700); err != nil {
			return durable{}, err
		}
	}
	if err := (meta.XattrMeta{}).Test(objects); err != nil {
		return durable{}, fmt.Errorf("the volume keeps no extended attributes: %w", err)
	}
	kept, err := posix.New(objects, meta.XattrMeta{}, posix.PosixOpts{
		VersioningDir: versions, NewDirPerm: 0o700, Concurrency: connections,
		CopyObjectThreshold: 5 << 30,
	})
	if err != nil {
		return durable{}, err
	}
	disk, err := os.Open(volume)
	return durable{Backend: kept, disk: disk}, err
}

// watch tells whenever another certificate lies in the file.
func watch(asked context.Context, certificate string, renewed chan<- struct{}) {
	seen, _ := os.ReadFile(certificate)
	for tick := time.NewTicker(pause); ; {
		select {
		case <-asked.Done():
			return
		case <-tick.C:
		}
		now, err := os.ReadFile(certificate)
		if err == nil && string(now) != string(seen) {
			seen = now
			renewed <- struct{}{}
		}
	}
}

// accounts are the files of a directory: each is named after its account and holds its secret key.
// They come from outside, and nobody changes them through the store.
type accounts struct{ directory string }

func (a accounts) GetUserAccount(access string) (auth.Account, error) {
	if access == "" || strings.ContainsAny(access, "/.") {
		return auth.Account{}, auth.ErrNoSuchUser
	}
	secret, err := secretOf(a.directory, access)
	if err != nil {
		return auth.Account{}, auth.ErrNoSuchUser
	}
	role := auth.RoleUser
	if access == keeperUser {
		role = auth.RoleAdmin
	}
	return auth.Account{Access: access, Secret: secret, Role: role}, nil
}

func (a accounts) ResolveAccounts(names []string) ([]string, error) {
	var unknown []string
	for _, name := range names {
		if _, err := a.GetUserAccount(name); err != nil {
			unknown = append(unknown, name)
		}
	}
	return unknown, nil
}

func (accounts) CreateAccount(auth.Account) error { return errGiven }

func (accounts) UpdateUserAccount(string, auth.MutableProps) error { return errGiven }

func (accounts) DeleteUserAccount(string) error { return errGiven }

func (accounts) ListUserAccounts() ([]auth.Account, error) { return nil, errGiven }

func (accounts) Shutdown() error { return nil }

var errGiven = fmt.Errorf("accounts are given from outside")

func secretOf(directory, access string) (string, error) {
	text, err := os.ReadFile(filepath.Join(directory, access))
	return strings.TrimSpace(string(text)), err
}
