package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
)

// locked is a backend that writes down with each object how long it stays, as the bucket has it
// when it is written: the one below would let whoever may lengthen a lock give it a shorter one.
type locked struct{ backend.Backend }

func (l locked) PutObject(limit context.Context, asked s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate)
	return l.Backend.PutObject(limit, asked)
}

func (l locked) CreateMultipartUpload(limit context.Context, asked s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate)
	return l.Backend.CreateMultipartUpload(limit, asked)
}

func (l locked) CopyObject(limit context.Context, asked s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	l.stamp(limit, asked.Bucket, &asked.ObjectLockMode, &asked.ObjectLockRetainUntilDate)
	return l.Backend.CopyObject(limit, asked)
}

// stamp gives a new object the lock of its bucket, or the longer one that was asked for.
func (l locked) stamp(limit context.Context, bucket *string, mode *types.ObjectLockMode, until **time.Time) {
	text, err := l.GetObjectLockConfiguration(limit, aws.ToString(bucket))
	if err != nil {
		return // a bucket without locks
	}
	found, err := auth.ParseBucketLockConfigurationOutput(text)
	if err != nil || found.Rule == nil || found.Rule.DefaultRetention == nil {
		return
	}
	kept := found.Rule.DefaultRetention
	due := time.Now().AddDate(int(aws.ToInt32(kept.Years)), 0, int(aws.ToInt32(kept.Days)))
	if *until == nil || (*until).Before(due) {
		*until = &due
	}
	if *mode != types.ObjectLockModeCompliance {
		*mode = types.ObjectLockMode(kept.Mode)
	}
}
