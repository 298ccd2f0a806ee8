package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"hue-infra/keeping"
)

const (
	every   = 15 * time.Second
	expires = time.Hour       // between two looks for what has expired
	again   = time.Minute     // until the next one if the last could not see all
	stale   = 2 * time.Minute // a pass that takes longer hangs
)

// plan is what the chart declares: where the store is, and what buckets it has.
type plan struct {
	Server  string     `json:"server"`
	Buckets []declared `json:"buckets"`
}

// declared is a bucket: who writes it, who reads it, for how many days nobody removes what was
// written, after how many it goes by itself.  No number of days means never.
type declared struct {
	Name    string   `json:"name"`
	Owner   string   `json:"owner"`
	Readers []string `json:"readers"`
	Lock    *lock    `json:"lock"`
	Expire  int      `json:"expire"`
}

type lock struct {
	Mode types.ObjectLockRetentionMode `json:"mode"`
	Days int32                         `json:"days"`
}

// keeper makes the declared buckets, and says how they are.  What is not declared it leaves alone:
// a bucket holds objects.
type keeper struct {
	plan    plan
	client  *s3.Client
	settled map[string]bool
	*keeping.Keeper
}

func newKeeper(declared, passwords, certificates string) (*keeper, error) {
	text, err := os.ReadFile(declared)
	if err != nil {
		return nil, err
	}
	var found plan
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(filepath.Join(certificates, "ca.crt"))
	if err != nil {
		return nil, err
	}
	k := &keeper{
		plan: found, client: connected(found.Server, keeperUser, passwords, authority),
		settled: map[string]bool{},
	}
	count := len(found.Buckets)
	k.Keeper = keeping.New(fmt.Sprintf("%d buckets", count), stale+time.Duration(count)*patience, k.pass)
	return k, nil
}

// connected is a client of an account, whose key is read from its file whenever it is needed.
func connected(server, account, passwords string, authority []byte) *s3.Client {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	return s3.New(s3.Options{
		BaseEndpoint: &server,
		Region:       region,
		UsePathStyle: true,
		HTTPClient:   &http.Client{Transport: transport, Timeout: patience},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			secret, err := secretOf(passwords, account)
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: secret}, err
		}),
	})
}

// pass makes what is missing, brings each bucket once to what is declared, and says what lacks.
func (k *keeper) pass(asked context.Context) []string {
	var lacks []string
	for _, one := range k.plan.Buckets {
		limit, cancel := context.WithTimeout(asked, patience)
		if err := k.settle(limit, one); err != nil {
			lacks = append(lacks, fmt.Sprintf("%s: %v", one.Name, err))
		}
		cancel()
	}
	return lacks
}

func (k *keeper) settle(limit context.Context, one declared) error {
	_, err := k.client.HeadBucket(limit, &s3.HeadBucketInput{Bucket: &one.Name})
	var missing *types.NotFound
	if errors.As(err, &missing) {
		k.settled[one.Name] = false
		_, err = k.client.CreateBucket(limit, &s3.CreateBucketInput{
			Bucket: &one.Name, ObjectLockEnabledForBucket: aws.Bool(one.Lock != nil),
		})
	}
	if err != nil || k.settled[one.Name] {
		return err
	}
	if err := errors.Join(k.locked(limit, one), k.opened(limit, one)); err != nil {
		return err
	}
	k.settled[one.Name] = true
	log.Printf("%s: is as declared", one.Name)
	return nil
}

// locked sets for how long what is written stays.  What is there keeps the lock it was given.
func (k *keeper) locked(limit context.Context, one declared) error {
	if one.Lock == nil {
		now, err := k.client.GetObjectLockConfiguration(limit, &s3.GetObjectLockConfigurationInput{Bucket: &one.Name})
		if err != nil || now.ObjectLockConfiguration.Rule == nil {
			return nil // it never had one
		}
	} else {
		_, err := k.client.PutBucketVersioning(limit, &s3.PutBucketVersioningInput{
			Bucket:                  &one.Name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
		if err != nil {
			return err
		}
	}
	_, err := k.client.PutObjectLockConfiguration(limit, &s3.PutObjectLockConfigurationInput{
		Bucket: &one.Name,
		ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: one.Lock.rule(),
		},
	})
	return err
}

func (l *lock) rule() *types.ObjectLockRule {
	if l == nil || l.Days == 0 {
		return nil
	}
	return &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: l.Mode, Days: &l.Days}}
}

// opened says who may do what: the bucket is the keeper's, so that its owner cannot unlock it.
func (k *keeper) opened(limit context.Context, one declared) error {
	text, err := json.Marshal(policy(one))
	if err != nil {
		return err
	}
	_, err = k.client.PutBucketPolicy(limit, &s3.PutBucketPolicyInput{Bucket: &one.Name, Policy: aws.String(string(text))})
	return err
}

// clear removes what has expired until the context ends: beside the passes, for it may take long.
func (k *keeper) clear(asked context.Context) {
	for wait := again; ; {
		select {
		case <-asked.Done():
			return
		case <-time.After(wait):
		}
		wait = expires
		if err := k.sweep(asked, time.Now()); err != nil {
			log.Printf("what has expired: %v", err)
			wait = again
		}
	}
}

// sweep removes what is older than its bucket keeps it; what is locked stays.
func (k *keeper) sweep(asked context.Context, now time.Time) error {
	var failed []error
	for _, one := range k.plan.Buckets {
		if one.Expire == 0 {
			continue
		}
		gone, err := k.expire(asked, one.Name, now.AddDate(0, 0, -one.Expire))
		if gone > 0 {
			log.Printf("%s: %d have expired", one.Name, gone)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// expire removes each version and each mark of deletion from before, and says how many.
func (k *keeper) expire(limit context.Context, bucket string, before time.Time) (int, error) {
	gone := 0
	pages := s3.NewListObjectVersionsPaginator(k.client, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(limit)
		if err != nil {
			return gone, err
		}
		for _, one := range page.Versions {
			gone += k.removed(limit, bucket, one.Key, one.VersionId, one.LastModified, before)
		}
		for _, one := range page.DeleteMarkers {
			gone += k.removed(limit, bucket, one.Key, one.VersionId, one.LastModified, before)
		}
	}
	return gone, nil
}

func (k *keeper) removed(limit context.Context, bucket string, key, version *string, written *time.Time, before time.Time) int {
	if written == nil || !written.Before(before) {
		return 0
	}
	_, err := k.client.DeleteObject(limit, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, VersionId: version})
	if err != nil {
		return 0 // it is locked, or the next sweep takes it
	}
	return 1
}
