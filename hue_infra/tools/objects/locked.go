package main

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"
)

// locked is a backend that writes down with each object how long it stays, as the bucket has it
// when it is written: the one below would let whoever may lengthen a lock give it a shorter one.
type locked struct{ backend.Backend }

func (l locked) PutObject(limit context.Context, asked s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	if err := l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate); err != nil {
		return s3response.PutObjectOutput{}, err
	}
	return l.Backend.PutObject(limit, asked)
}

func (l locked) CreateMultipartUpload(limit context.Context, asked s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	if err := l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate); err != nil {
		return s3response.InitiateMultipartUploadResult{}, err
	}
	return l.Backend.CreateMultipartUpload(limit, asked)
}

func (l locked) CopyObject(limit context.Context, asked s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	if err := l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate); err != nil {
		return s3response.CopyObjectOutput{}, err
	}
	return l.Backend.CopyObject(limit, asked)
}

// stamp gives a new object the lock of its bucket, or the longer one that was asked for.  Where the
// bucket's lock cannot be read, nothing is written.
func (l locked) stamp(limit context.Context, bucket *string, mode *types.ObjectLockMode, until **time.Time) error {
	text, err := l.GetObjectLockConfiguration(limit, aws.ToString(bucket))
	if errors.Is(err, s3err.GetAPIError(s3err.ErrObjectLockConfigurationNotFound)) {
		return nil
	} else if err != nil {
		return err
	}
	found, err := auth.ParseBucketLockConfigurationOutput(text)
	if err != nil || found.Rule.DefaultRetention == nil {
		return err
	}
	kept := found.Rule.DefaultRetention
	due := time.Now().AddDate(int(aws.ToInt32(kept.Years)), 0, int(aws.ToInt32(kept.Days)))
	if *until == nil || (*until).Before(due) {
		*until = &due
	}
	if *mode != types.ObjectLockModeCompliance {
		*mode = types.ObjectLockMode(kept.Mode)
	}
	return nil
}
