package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const (
	proof = "platform-proof" // the bucket that proofs go through; it is nobody's
	held  = 30 * time.Second // for which the proof of a lock is locked
)

// prove says in a word what is so, or fails.
func (k *keeper) prove(limit context.Context, what []string) (string, error) {
	switch {
	case len(what) == 2 && what[0] == "bucket":
		return "there", k.isThere(limit, what[1])
	case len(what) == 1 && what[0] == "object":
		return "kept", k.goesInAndOut(limit)
	case len(what) == 1 && what[0] == "lock":
		return "held", k.stays(limit)
	}
	return "", errors.New(usage)
}

// isThere wants the bucket, and the lock that was declared for it.
func (k *keeper) isThere(limit context.Context, name string) error {
	for _, one := range k.plan.Buckets {
		if one.Name != name {
			continue
		}
		if _, err := k.client.HeadBucket(limit, &s3.HeadBucketInput{Bucket: &name}); err != nil {
			return err
		}
		if one.Lock.rule() == nil {
			return nil
		}
		found, err := k.client.GetObjectLockConfiguration(limit, &s3.GetObjectLockConfigurationInput{Bucket: &name})
		if err != nil {
			return err
		}
		return one.Lock.differs(found.ObjectLockConfiguration.Rule)
	}
	return errors.New("not declared: " + name)
}

func (l *lock) differs(rule *types.ObjectLockRule) error {
	if rule == nil || rule.DefaultRetention == nil {
		return errors.New("what is written is not locked")
	}
	now := rule.DefaultRetention
	if now.Mode != l.Mode || aws.ToInt32(now.Days) != l.Days {
		return fmt.Errorf("what is written is locked for %d days (%s)", aws.ToInt32(now.Days), now.Mode)
	}
	return nil
}

// goesInAndOut writes an object, reads it back, and removes it.
func (k *keeper) goesInAndOut(limit context.Context) error {
	name, version, text, err := k.written(limit, nil)
	if err != nil {
		return err
	}
	if err := k.reads(limit, name, version, text); err != nil {
		return err
	}
	_, err = k.client.DeleteObject(limit, &s3.DeleteObjectInput{Bucket: aws.String(proof), Key: &name, VersionId: version})
	return err
}

// stays writes an object that is locked, and fails to remove it, as whoever may remove everything.
// Those of proofs before are removed first, which their locks let by now.
func (k *keeper) stays(limit context.Context) error {
	if _, err := k.expire(limit, proof, time.Now()); err != nil {
		return err
	}
	until := time.Now().Add(held)
	name, version, text, err := k.written(limit, &until)
	if err != nil {
		return err
	}
	_, err = k.client.DeleteObject(limit, &s3.DeleteObjectInput{Bucket: aws.String(proof), Key: &name, VersionId: version})
	var refused smithy.APIError
	if err == nil {
		return errors.New("an object under lock was removed")
	} else if !errors.As(err, &refused) || refused.ErrorCode() != "AccessDenied" {
		return err
	}
	return k.reads(limit, name, version, text)
}

func (k *keeper) written(limit context.Context, until *time.Time) (name string, version *string, text []byte, err error) {
	name, text = rand.Text(), []byte(rand.Text())
	asked := &s3.PutObjectInput{Bucket: aws.String(proof), Key: &name, Body: bytes.NewReader(text)}
	if until != nil {
		asked.ObjectLockMode, asked.ObjectLockRetainUntilDate = types.ObjectLockModeCompliance, until
	}
	answer, err := k.client.PutObject(limit, asked)
	if err != nil {
		return name, nil, nil, err
	}
	return name, answer.VersionId, text, nil
}

func (k *keeper) reads(limit context.Context, name string, version *string, text []byte) error {
	answer, err := k.client.GetObject(limit, &s3.GetObjectInput{Bucket: aws.String(proof), Key: &name, VersionId: version})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	found, err := io.ReadAll(answer.Body)
	if err == nil && !bytes.Equal(found, text) {
		err = errors.New("another object came out")
	}
	return err
}
